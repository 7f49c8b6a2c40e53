// `knotgrad recipes`: what one can train by.
import { defineCommand } from "citty";
import { recipes as all } from "../../face/recipes/index.ts";

export const recipes = defineCommand({
  meta: { name: "recipes", description: "List the recipes, with a sentence on each and its source" },
  args: { json: { type: "boolean", description: "Print one JSON object instead", default: false } },
  run({ args }) {
    const list = Object.values(all).map((make) => make());
    if (args.json) {
      console.log(
        JSON.stringify(
          list.map(({ name, sentence, source, settings, stages }) => ({
            ...{ name, sentence, source, settings },
            stages: stages.length,
          })),
        ),
      );
      return;
    }
    for (const { name, sentence, source } of list)
      console.log(`${name}\n  ${sentence}\n  Source: ${source}\n`);
  },
});
