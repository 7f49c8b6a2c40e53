// Plain tables for the terminal.

/** Lines of a table: headings, then rows; numbers to the right, text to the left. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, c) => Math.max(heading.length, ...rows.map((row) => row[c].length)));
  const numeric = headings.map((_, c) => rows.every((row) => /^[-+~]?[\d.]|^-$/.test(row[c])));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (numeric[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join("  ")
      .trimEnd();
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** A fraction as percent, or a dash. */
export const percent = (fraction: number | null, digits = 1): string =>
  fraction === null ? "-" : (100 * fraction).toFixed(digits);
