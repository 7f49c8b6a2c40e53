// The style of a report. Colours are variables, so that charts follow the reader's light or dark setting.

import { html } from "./html.ts";

export const STYLE = html`
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f6f7f9; --text: #1b1f24; --soft: #59636e; --faint: #9aa3ad; --rule: #d9dee3;
  --notice: #fff4d6; --notice-edge: #b07a00;
  --line0: #0072b2; --line1: #d55e00; --line2: #00835f; --line3: #a23b8c; --line4: #8a6d00; --line5: #555f69;
  --group0: #0072b2; --group1: #d55e00; --group2: #00916a; --group3: #b5499b; --group4: #b58900;
  --group5: #3aa6dd; --group6: #7a4b1e; --group7: #5b4fc4; --group8: #d1405a; --group9: #6b7f1d;
  --ramp0: #2fa47c; --ramp1: #21918c; --ramp2: #2d708e; --ramp3: #3b518b; --ramp4: #472d7b; --ramp5: #440154;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --panel: #1c2026; --text: #e6e9ed; --soft: #a3acb6; --faint: #6d7782; --rule: #343b43;
    --notice: #3a2f10; --notice-edge: #e0b040;
    --line0: #5cb8f0; --line1: #ff8f4a; --line2: #35c99a; --line3: #e58fd0; --line4: #e3c14b; --line5: #aab4be;
    --group0: #4aa8e8; --group1: #ff8f4a; --group2: #35c99a; --group3: #e58fd0; --group4: #e3c14b;
    --group5: #9bdcff; --group6: #c79a6b; --group7: #a79cff; --group8: #ff7d90; --group9: #b5cc55;
    --ramp0: #2fa47c; --ramp1: #4dbd6f; --ramp2: #7ad151; --ramp3: #aedc3a; --ramp4: #d8e24a; --ramp5: #fdf3a0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(0.9rem, 3vw, 2.5rem) 4rem; max-width: 76rem;
  background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.35rem; margin: 2.8rem 0 0.8rem; padding-top: 0.9rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 0 0 0.5rem; }
h4 { font-size: 0.95rem; margin: 1rem 0 0.4rem; }
p, dd { max-width: 46rem; }
small, figcaption, .reasons, dd { color: var(--soft); }
small { font-weight: 400; line-height: 1.4; display: inline-block; }
.notice { background: var(--notice); border-left: 4px solid var(--notice-edge); padding: 0.6rem 0.9rem; }
.empty { color: var(--soft); font-style: italic; }
.scroll { overflow-x: auto; margin: 0.5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; overflow-wrap: normal; }
th, td { padding: 0.4rem 0.55rem; text-align: right; vertical-align: bottom; white-space: nowrap; }
thead th { font-weight: 600; color: var(--soft); line-height: 1.25; }
thead th[colspan] { text-align: center; }
thead tr:last-child > * { border-bottom: 1px solid var(--rule); }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tbody th { text-align: left; position: sticky; left: 0; background: var(--page); max-width: 14rem; white-space: normal; }
thead tr:last-child th:first-child { text-align: left; position: sticky; left: 0; background: var(--page); }
table.words td:last-child, table.words thead th:last-child { text-align: left; white-space: normal; min-width: 7rem; }
.none { color: var(--soft); }
sup { line-height: 0; font-size: 0.7em; margin-left: 0.1em; }
.reasons { font-size: 0.85rem; margin: 0.2rem 0 0.8rem; padding-left: 1.4rem; }
details { margin: 0.8rem 0; }
summary { cursor: pointer; }
summary h3 { display: inline; }
details + details { margin-top: 2rem; }
dl { margin: 0.6rem 0; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin: 0; }
pre { background: var(--panel); padding: 0.6rem 0.8rem; margin: 0.3rem 0; white-space: pre-wrap; }
code { font-size: 0.9em; }
.charts { display: grid; gap: 1.2rem; }
.two { grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); }
.three { grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.charts > * { min-width: 0; }
.charts > div + figure { align-self: start; }
.charts > div > p:first-child { margin-top: 0; }
figure { margin: 0; }
.charts > figure { background: var(--panel); border-radius: 8px; padding: 1rem; }
.charts > figure > svg { font-size: 12px; overflow: visible; --plot-background: var(--panel); width: 100%; height: auto; }
@media (max-width: 40rem) {
  table { font-size: 0.82rem; }
  th, td { padding: 0.35rem 0.4rem; }
  .two > figure > svg { font-size: 14px; }
}
figcaption { font-size: 0.85rem; line-height: 1.4; margin-top: 0.5rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0.6rem 0 0; padding: 0; font-size: 0.9rem; }
.legend svg { vertical-align: middle; }
.images { display: grid; gap: 0.7rem 0.5rem; grid-template-columns: repeat(6, 1fr); }
@media (min-width: 50rem) { .images { grid-template-columns: repeat(12, 1fr); } }
.images img { display: block; width: 100%; image-rendering: pixelated; border-radius: 3px; }
.images figcaption { font-size: 0.72rem; line-height: 1.25; margin-top: 0.2rem; font-variant-numeric: tabular-nums; }
`;
