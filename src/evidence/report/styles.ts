/** How the report looks: light or dark as the reader's screen is, and light on paper. */
export const styles = `
:root{--paper:#fff;--ink:#1c2430;--soft:#5b6675;--line:#dde3ea;--card:#f6f8fa;--blue:#2f6fdb;--green:#1b8a4b;--red:#c8343a;--amber:#a96500;--violet:#7a4fc4}
@media (prefers-color-scheme:dark){:root{--paper:#12171f;--ink:#e5eaf1;--soft:#9aa7b6;--line:#2b3542;--card:#1a212b;--blue:#6ea2f7;--green:#4bc681;--red:#f0767b;--amber:#e3a64a;--violet:#b193ee}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 24px 56px}
h1{font-size:28px;line-height:1.25;margin:0 0 6px}
h2{font-size:19px;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
h3{font-size:15px;margin:20px 0 6px}
p{margin:0 0 8px}
.lead{font-size:17px}
.note,footer{color:var(--soft);font-size:13px;font-weight:400}
footer{margin-top:48px;border-top:1px solid var(--line);padding-top:12px}
code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
.kept{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--soft)}
.badge{display:inline-block;font-size:12px;font-weight:600;line-height:1;padding:4px 8px;border-radius:99px;border:1px solid currentColor;color:var(--soft);vertical-align:middle;white-space:nowrap}
.badge.released,.badge.passed,.badge.un-yanked{color:var(--green)}
.badge.yanked,.badge.failed,.badge.refused{color:var(--red)}
.badge.running,.badge.not-finished,.badge.abandoned{color:var(--amber)}
.number{font-variant-numeric:tabular-nums;white-space:nowrap}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:8px;background:var(--card);padding:8px}
.wide svg{display:block;width:100%;min-width:760px;height:auto}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
svg .axis,svg .took{font-size:11px;fill:var(--soft)}
svg .grid{stroke:var(--line)}
svg .bar{fill:var(--soft)}
svg .bar.step{fill:var(--blue)}
svg .bar.candidate{fill:var(--violet)}
svg .bar.question{fill:var(--amber)}
svg .bar.watch,svg .bar.un-yank{fill:var(--green)}
svg .bar.failed,svg .bar.yank{fill:var(--red)}
svg .bar.open{fill-opacity:.45;stroke:currentColor;stroke-dasharray:3 2}
svg .moment{stroke-width:1.5;stroke:var(--green)}
svg .moment.report{stroke:var(--red)}
svg .word{font-weight:600;font-size:11px;fill:var(--green)}
svg .word.report{fill:var(--red)}
svg .deadline{stroke:var(--amber);stroke-width:1.5;stroke-dasharray:4 3}
table{width:100%;border-collapse:collapse;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-size:12px;color:var(--soft);font-weight:600}
th,.badge{overflow-wrap:normal}
article{border:1px solid var(--line);border-radius:8px;background:var(--card);padding:12px 16px;margin:0 0 12px}
article h3{margin:0 0 6px}
.said{border-left:3px solid var(--green);padding-left:10px;margin:8px 0}
details summary{cursor:pointer;color:var(--soft);font-size:13px}
dl{margin:8px 0;display:grid;gap:4px;font-size:14px}
dl>div{display:grid;grid-template-columns:minmax(120px,190px) 1fr;gap:12px}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere;min-width:0}
@media (max-width:640px){
main{padding:20px 14px 40px}
h1{font-size:23px}
dl>div{grid-template-columns:1fr;gap:0;margin-bottom:4px}
table,tbody,tr,td{display:block}
thead{display:none}
tr{border-bottom:1px solid var(--line);padding:6px 0}
td{border:0;padding:1px 0;display:grid;grid-template-columns:84px 1fr;gap:8px}
td::before{content:attr(data-label);color:var(--soft);font-size:12px;line-height:1.9}
td:empty{display:none}
}
@media print{
:root{--paper:#fff;--ink:#111;--soft:#555;--line:#ccc;--card:#fff;--blue:#2f6fdb;--green:#1b8a4b;--red:#c8343a;--amber:#a96500;--violet:#7a4fc4}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}
h2,h3{break-after:avoid}
article,tr,svg{break-inside:avoid}
.wide{overflow:visible}
.wide svg{min-width:0}
}
`;
