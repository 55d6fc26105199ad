// The look of the page: light and dark, narrow and wide, and on paper. Colours keep a contrast of 4.5 to 1 at least.
export const css = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1a1f24; --dim: #57606a; --line: #d0d7de; --box: #f6f8fa;
  --bad: #b3261e; --open: #8a5a00; --good: #1a7f37; --link: #0a58ca; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #0f1419; --fg: #e6e9ec; --dim: #9aa4ae; --line: #3a444e; --box: #1a2129;
    --bad: #ff8a80; --open: #f2cc60; --good: #7ee2a8; --link: #7cb7ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 56rem; padding: 1rem; background: var(--bg); color: var(--fg);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: .5rem 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
.badge { display: inline-block; margin: 0; padding: .15rem .6rem; border-radius: 6px; border: 2px solid var(--open);
  color: var(--open); font-weight: 700; }
.badge.found { border-color: var(--bad); color: var(--bad); } .badge.fine { border-color: var(--good); color: var(--good); }
p { margin: .6rem 0; }
a { color: var(--link); }
ul, ol { padding-left: 1.6rem; }
li { margin: .3rem 0; }
time { font-variant-numeric: tabular-nums; color: var(--dim); margin-right: .4rem; white-space: nowrap; }
pre, svg text { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: .6rem 0; padding: .6rem .8rem; background: var(--box); border: 1px solid var(--line);
  border-radius: 6px; font-size: .85rem; line-height: 1.45; white-space: pre-wrap; }
pre.sh { border-left: 4px solid var(--link); }
details { margin: .4rem 0; border: 1px solid var(--line); border-radius: 6px; padding: .3rem .8rem; }
summary { cursor: pointer; }
figure { margin: 1rem 0; }
figcaption, footer { color: var(--dim); font-size: .85rem; }
footer { margin-top: 2rem; }
svg { display: block; }
svg text { fill: var(--fg); font-size: 12px; }
svg .dim { fill: var(--dim); }
svg .box { fill: var(--box); stroke: var(--dim); stroke-width: 1.5; }
svg .cause { stroke: var(--bad); } svg .unknown { stroke: var(--open); stroke-dasharray: 5 3; }
svg .fine { stroke: var(--good); } svg .advice { stroke-dasharray: 2 3; }
svg .arrow, svg .axis { stroke: var(--dim); stroke-width: 1.5; fill: none; }
svg .head { fill: var(--dim); }
svg .dot { fill: var(--bg); stroke: var(--fg); stroke-width: 1.5; }
svg .cited { fill: var(--fg); stroke: var(--fg); } svg text.on { fill: var(--bg); font-weight: 700; }
svg text.number { font-size: 10px; }
svg .now { stroke: var(--open); stroke-width: 1.5; stroke-dasharray: 4 3; } svg text.now { fill: var(--open); stroke: none; }
.narrow { display: none; }
@media (max-width: 760px) { .wide { display: none; } .narrow { display: block; } }
@media print {
  body { max-width: none; font-size: .85rem; }
  details { break-inside: avoid; } pre { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`.trim();
