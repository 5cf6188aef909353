/** The page's style. No outside fonts or images; light, dark, print and narrow screens. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f7f7f5;--panel:#fff;--ink:#1b1d20;--soft:#565c64;--line:#dcdfe3;--link:#0a56a3;
--good:#17692e;--bad:#a8200f;--warn:#7d5100;--info:#4c5662;--goodbg:#e9f5ec;--badbg:#fdecea;--warnbg:#fdf3df;--code:#f1f1ee;
--s0:#0a56a3;--s1:#8a4b00;--s2:#17692e;--s3:#7a2a8c}
@media (prefers-color-scheme:dark){:root{--bg:#131619;--panel:#1a1e22;--ink:#e7e9ec;--soft:#a6adb6;--line:#31373e;--link:#7cbaff;
--good:#6fd08c;--bad:#ff9489;--warn:#e8b95b;--info:#a6b1be;--goodbg:#142a1b;--badbg:#351a18;--warnbg:#322612;--code:#22272c;
--s0:#7cbaff;--s1:#f0a860;--s2:#6fd08c;--s3:#d9a0e8}}
*{box-sizing:border-box}
html{scroll-behavior:auto}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
.wrap{max-width:68rem;margin:0 auto;padding:0 1.25rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible,pre:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--panel);padding:.5rem 1rem;z-index:2}
.sheet{position:absolute}
.fill{fill:currentColor}.cut{fill:none;stroke:var(--panel);stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
.line{fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round}
.icon{width:1em;height:1em;flex:none}
.top{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;padding-top:1.25rem;padding-bottom:.75rem;color:var(--soft);font-size:.87rem}
.top strong{color:var(--ink);letter-spacing:.02em}
.verdict{background:var(--panel);border:1px solid var(--line);border-left:.5rem solid currentColor;border-radius:6px;padding:1.25rem 1.5rem 1.1rem}
.verdict.m-passed{background:var(--goodbg)}.verdict.m-failed{background:var(--badbg)}.verdict.m-inconclusive{background:var(--warnbg)}
.verdict .cut{stroke:var(--bg)}
.verdict h1{display:flex;gap:.6rem;align-items:center;margin:0;font-size:1.9rem;line-height:1.2;letter-spacing:-.01em}
.verdict .lead{color:var(--ink);font-size:1.1rem;margin:.5rem 0 0;max-width:56rem}
.verdict ul,.verdict p{color:var(--ink)}
.verdict h2{font-size:.95rem;margin:1rem 0 .2rem;border:0;padding:0;color:var(--ink)}
.verdict ul{margin:.1rem 0 0;padding-left:1.2rem;max-width:56rem}
.verdict li{margin:.15rem 0}
nav ul{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;list-style:none;margin:0;padding:.9rem 0 .2rem;font-size:.93rem}
nav .count{color:var(--soft);font-variant-numeric:tabular-nums}
main section{margin-top:2rem}
h2{font-size:1.2rem;margin:0 0 .7rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
p{margin:.4rem 0;max-width:60rem}
.quiet{color:var(--soft);font-size:.9rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem}.cards .scroll{margin:0}
.card{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;min-width:0}
.card h3{margin-top:0}
dl{margin:0}
dl div{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.1rem .8rem;padding:.16rem 0}
dt{color:var(--soft)}dd{margin:0;unicode-bidi:isolate}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;unicode-bidi:isolate}
.hash{word-break:break-all}
pre{background:var(--code);border-radius:4px;padding:.55rem .75rem;margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
.scroll{overflow-x:auto;background:var(--panel);border:1px solid var(--line);border-radius:6px;margin:.4rem 0}
table{border-collapse:collapse;width:100%;font-size:.91rem;overflow-wrap:anywhere}
caption{text-align:left;padding:.5rem .75rem .2rem;font-weight:600}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;padding:0}
th,td{text-align:left;vertical-align:top;padding:.32rem .75rem;border-top:1px solid var(--line);unicode-bidi:isolate}
thead th{border-top:0;color:var(--soft);font-weight:600;vertical-align:bottom;overflow-wrap:normal}
tbody th{font-weight:500}
tbody tr:hover{background:var(--code)}
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
.group th{background:var(--code);font-weight:600}.group td{background:var(--code)}
.item th{padding-left:1.6rem}
.mark{display:inline-flex;overflow-wrap:normal;gap:.4em;align-items:center;font-weight:600;white-space:nowrap}
.m-passed,.m-accepted{color:var(--good)}.m-failed,.m-error{color:var(--bad)}.m-inconclusive,.m-review,.m-warning{color:var(--warn)}
.m-notApplicable,.m-notRequested,.m-info{color:var(--info)}
.tally{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;list-style:none;padding:0;margin:.2rem 0 .7rem}
.tally b{font-variant-numeric:tabular-nums;font-size:1.15rem;margin-right:.25rem}
.what{display:block}.id{color:var(--soft);font-weight:400}.why{font-weight:400;color:var(--soft)}
.finding{background:var(--panel);border:1px solid var(--line);border-left:.3rem solid currentColor;border-radius:6px;padding:.75rem 1rem .8rem;margin:.7rem 0}
.finding>*{color:var(--ink)}
.finding .mark.m-error{color:var(--bad)}.finding .mark.m-review,.finding .mark.m-warning{color:var(--warn)}.finding .mark.m-info{color:var(--info)}.finding .mark.m-accepted{color:var(--good)}
.finding h4{margin:.2rem 0 .4rem;font-size:1rem;line-height:1.4;unicode-bidi:isolate}
.meta{display:flex;flex-wrap:wrap;gap:.1rem .9rem;align-items:baseline;font-size:.9rem}
.meta code{color:var(--soft)}
.finding dl{font-size:.92rem;margin:.3rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));column-gap:1.5rem}.finding dl .long{grid-column:1/-1}
.label{color:var(--soft);font-size:.88rem;margin:.5rem 0 0}
summary{cursor:pointer;color:var(--link);font-size:.92rem;margin:.4rem 0 .2rem;width:fit-content}
figure{margin:.5rem 0 1.4rem}
figcaption{font-weight:600;margin-bottom:.1rem}
.chart{display:grid;grid-template-columns:4.6rem minmax(0,1fr);gap:.25rem .5rem;font-size:.82rem;color:var(--soft);font-variant-numeric:tabular-nums}
.plot{position:relative;height:11rem;background:var(--panel);border:1px solid var(--line);border-radius:4px}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.ys{position:relative}.ys span{position:absolute;right:0;transform:translateY(-50%);white-space:nowrap}
.xs{grid-column:2;display:flex;justify-content:space-between}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
.path,.dots{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}
.dots{stroke-width:6}
.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:7 4;vector-effect:non-scaling-stroke}
.limitname{position:absolute;right:.4rem;transform:translateY(-100%);color:var(--bad);font-size:.8rem;background:var(--panel);padding:0 .2rem}
.c0{stroke:var(--s0)}.c1{stroke:var(--s1)}.c2{stroke:var(--s2)}.c3{stroke:var(--s3)}
.d1{stroke-dasharray:7 4}.d2{stroke-dasharray:2 4}.d3{stroke-dasharray:10 3 2 3}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;list-style:none;padding:0;margin:.2rem 0;font-size:.88rem}
.legend svg{width:2rem;height:.6rem;margin-right:.4rem;vertical-align:middle}
footer{margin:2.5rem 0 2rem;color:var(--soft);font-size:.87rem}
@media (max-width:40rem){.wrap{padding:0 .85rem}.verdict{padding:1rem 1rem .9rem}.verdict h1{font-size:1.5rem}
dl div{grid-template-columns:7.4rem minmax(0,1fr)}th,td{padding:.3rem .45rem}td .mark{white-space:normal}.item th,.group th{min-width:9rem}.chart{grid-template-columns:3.4rem minmax(0,1fr)}}
@media print{:root{color-scheme:light;--bg:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#bbb;--link:#000;--good:#17692e;--bad:#a8200f;--warn:#7d5100;
--info:#444;--goodbg:#fff;--badbg:#fff;--warnbg:#fff;--code:#f4f4f4;--s0:#0a56a3;--s1:#8a4b00;--s2:#17692e;--s3:#7a2a8c}
body{font-size:10pt}nav,.skip{display:none}.wrap{max-width:none;padding:0}.finding,figure,.card,tr{break-inside:avoid}h2,h3{break-after:avoid}
.scroll{overflow:visible}details::details-content{content-visibility:visible;block-size:auto;display:block}a{text-decoration:none}
*{print-color-adjust:exact}}
`
