// Size expressions of kernel files: `N`, `4`, `N*C/WG`, `(H + 2) * W`. Division rounds up.

import { KnotgradError } from "./error.ts";

/** Whether an expression is a single name. */
export const isName = (expression: string): boolean => /^[A-Za-z_]\w*$/.test(expression);

/** The value of a size expression. `size` gives the value of a name, or throws. */
export function evaluate(expression: string, size: (name: string) => number): number {
  const tokens = expression.match(/\w+|\S/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token === "(") {
      const value = sum();
      if (tokens[at++] !== ")")
        throw new KnotgradError("format", `evaluate: "${expression}" has a bracket that is not closed`);
      return value;
    }
    if (token === undefined) throw new KnotgradError("format", `evaluate: "${expression}" ends too early`);
    if (/^\d+$/.test(token)) return Number(token);
    if (!isName(token))
      throw new KnotgradError("format", `evaluate: "${expression}" has ${token} where a size belongs`);
    return size(token);
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === "*" || tokens[at] === "/") {
      value = tokens[at++] === "*" ? value * factor() : Math.ceil(value / factor());
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") {
      value = tokens[at++] === "+" ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  if (at < tokens.length)
    throw new KnotgradError(
      "format",
      `evaluate: "${expression}" has ${tokens.slice(at).join(" ")} left over`,
    );
  return value;
}
