// What gamma does, as curves over p and as a table of critical points.

import * as Plot from "@observablehq/plot";
import { criticalP, gradientMultiplier, relativeWeight } from "../../face/theory.ts";
import { draw, figure } from "./draw.ts";
import { decimals, html, type Markup } from "./html.ts";

/** The gammas of the poster. */
const GAMMAS = [0.1, 1, 2, 4, 6, 8];

/** R(gamma) with its critical points, and the gradient's factor c, over p. */
export function weightCharts(): Markup {
  const knots = Plot.dot(GAMMAS.map(criticalP), {
    x: (p: number) => p,
    y: 1,
    r: 4,
    fill: "var(--panel)",
    stroke: "currentColor",
    strokeWidth: 1.6,
  });
  return html`<div class="charts two">
    ${figure(
      "R(γ): normalized KM loss over normalized softmax loss",
      curves("R", relativeWeight, [0.04, 4], [knots]),
      html``,
      html`R = γ / (log(1+γ) (γp+1)²). Circles mark p<sub>c</sub>, where R = 1: images with a lower p weigh more than under
        softmax, images with a higher p less.`,
    )}
    ${figure(
      "c(p): factor on the gradient, nothing normalized",
      curves("c", gradientMultiplier, [0.01, 2], []),
      html``,
      html`What the optimizer sees: c = r² (1 + 2γ p r (−log p)), r = 1/(γp+1). It peaks at a small p and is 1 at p = 0: a
        hopeless or mislabelled image counts no more than under softmax.`,
    )}
  </div>`;
}

/** f(gamma, p) over p, one line for each gamma, named at its right end. */
function curves(
  name: string,
  f: (gamma: number, p: number) => number,
  domain: [number, number],
  marks: Plot.Markish[],
): Markup {
  return draw(`${name} against p, one line for each γ`, {
    marginRight: 58,
    x: { label: "p, softmax probability of the right class", domain: [0, 1] },
    y: {
      label: `${name} (ratio, log scale)`,
      type: "log",
      domain,
      ticks: [0.01, 0.03, 0.1, 0.3, 1, 3].filter((t) => t >= domain[0] && t <= domain[1]),
      tickFormat: String,
    },
    marks: [
      Plot.ruleY([1], { stroke: "currentColor", strokeDasharray: "4 3" }),
      ...GAMMAS.flatMap((gamma, i) => {
        const points = Array.from({ length: 201 }, (_, k) => ({ p: k / 200, value: f(gamma, k / 200) }));
        return [
          Plot.line(points, { x: "p", y: "value", stroke: `var(--ramp${i})`, strokeWidth: 2 }),
          Plot.text(points.slice(-1), {
            x: "p",
            y: "value",
            text: [`γ = ${gamma}`],
            textAnchor: "start",
            dx: 6,
          }),
        ];
      }),
      ...marks,
    ],
  });
}

/** p_c and the largest and least relative weight of each gamma; `trained` are the gammas of this report's runs. */
export function criticalTable(trained: number[]): Markup {
  const gammas = [...new Set([...GAMMAS, ...trained.filter((g) => g > 0 && g < Infinity)])].sort(
    (a, b) => a - b,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Critical p"><table>
    <thead><tr><th scope="col">γ</th><th scope="col">p<sub>c</sub></th><th scope="col">R at p = 0</th>
      <th scope="col">R at p = 1</th><th scope="col">c at p = 1</th><th scope="col">trained here</th></tr></thead>
    <tbody>${gammas.map(
      (gamma) => html`<tr><th scope="row">${gamma}</th><td>${decimals(criticalP(gamma), 4)}</td>
        <td>${decimals(relativeWeight(gamma, 0), 2)}</td><td>${decimals(relativeWeight(gamma, 1), 3)}</td>
        <td>${decimals(gradientMultiplier(gamma, 1), 3)}</td><td>${trained.includes(gamma) ? "yes" : ""}</td></tr>`,
    )}</tbody></table></div>
    <p>p<sub>c</sub> = 1/√(γ log(1+γ)) − 1/γ. The poster rounds its p<sub>c</sub> up to three decimals, and prints
      the two inequalities around p<sub>c</sub> the wrong way round.</p>`;
}
