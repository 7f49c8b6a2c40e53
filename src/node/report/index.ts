// The report, with the packages that draw it loaded only for it.
import { KnotgradError } from "../../error.ts";
import type { Report } from "./report.ts";

export type { Report, RunReport } from "./report.ts";

/**
 * The report as one HTML document: no script, no address outside the page, pictures inline, light or dark with the
 * reader's setting. All text in the report is escaped. Numbers that are null or not finite show as a dash with a
 * reason. Rejects, with the code `missing`, where one of the npm packages @observablehq/plot, linkedom and pngjs that draw it
 * is not installed, and where the bytes of a sample do not fit its height and width.
 */
export async function reportHtml(report: Report): Promise<string> {
  const page = await import("./page.ts").catch((cause: Error) => {
    throw new KnotgradError(
      "missing",
      `reportHtml: a package that draws the report is not installed (${cause.message}) but all are needed; ` +
        "run `npm install @observablehq/plot linkedom pngjs`",
      { cause },
    );
  });
  return page.reportHtml(report);
}
