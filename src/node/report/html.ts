// HTML that is escaped by construction, and numbers as text.

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/** A template tag: text and numbers are escaped, `Markup` and lists of it are put in as they are. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return { markup: strings.map((s, i) => (i === 0 ? s : text(parts[i - 1]!) + s)).join("") };
}

function text(part: Part): string {
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return part.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return "markup" in part ? part.markup : part.map((p) => p.markup).join("\n");
}

/** A number with a fixed count of decimals and a true minus sign; a dash where it is not finite. */
export function decimals(value: number, count: number): string {
  if (!Number.isFinite(value)) return "\u2013";
  // Adding 0 turns what rounds to −0 into 0.
  return (Number(value.toFixed(count)) + 0).toFixed(count).replace("-", "\u2212");
}

/** A fraction as a percentage without its sign: 0.123 is "12.3". */
export function percent(value: number, count = 1): string {
  return decimals(100 * value, count);
}

/** A whole number with its thousands set apart: 12345 is "12,345". */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : "\u2013";
}

/** Text of at most `length` characters; what is cut off shows as an ellipsis. */
export function shorten(value: string, length: number): string {
  const characters = Array.from(value);
  return characters.length <= length ? value : `${characters.slice(0, length - 1).join("")}…`;
}
