// In a constructed style sheet, so that a page's strict policy holds.
export const css = `
:host { --navy:#0b2b57; --link:#0a4595; --ink:#14181f; --soft:#434b57; --line:#c9d1dc; --tint:#eef3fa; --red:#a3160c; --warm:#8a3206;
  --warm-tint:#fff3e6; --focus:#ffbf1f;
  font: 400 1rem/1.65 "PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif;
  color: var(--ink); text-align: left; }
:host([hidden]) { display: none; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p { margin: .3em 0; }
a { color: var(--link); text-underline-offset: .2em; }
button, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; min-height: 44px; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 0; box-shadow: 0 0 0 6px var(--focus); }
.launch { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; min-height: 56px; padding: 0 1.4em; border: 2px solid #fff; border-radius: 999px;
  background: var(--navy); color: #fff; font-weight: 700; box-shadow: 0 4px 16px rgb(0 0 0 / .3); }
.panel { display: flex; flex-direction: column; background: #fff; overflow: hidden; }
.float { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; width: min(26em, calc(100vw - 2rem)); height: min(42em, calc(100dvh - 2rem));
  border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 8px 32px rgb(0 0 0 / .3); }
.page { height: 100%; }
.head { display: flex; align-items: center; gap: .2em; background: var(--navy); color: #fff; padding: .25em .4em .25em 1em; flex: none; }
.head h2 { font-size: 1.05em; margin: 0; flex: 1; }
.head button { background: none; border: 0; color: #fff; min-width: 44px; padding: 0 .7em; border-radius: 6px; }
.head button:hover { text-decoration: underline; }
.head :focus-visible { outline-color: #fff; }
.state { flex: none; margin: 0; padding: .3em 1em; background: var(--warm-tint); color: var(--warm); }
.people { flex: none; margin: 0; padding: .3em 1em; background: var(--tint); border-top: 1px solid var(--line); }
.log { flex: 1; overflow-y: auto; padding: .8em 1em; overscroll-behavior: contain; }
.log > ol { list-style: none; margin: 0; padding: 0; }
.msg { margin: 0 0 .9em; display: flex; flex-direction: column; align-items: flex-start; }
.bubble { max-width: min(92%, 36em); background: var(--tint); border-radius: 4px 14px 14px 14px; padding: .5em .9em; overflow-wrap: anywhere; }
.mine { align-items: flex-end; }
.mine .bubble { background: var(--link); color: #fff; border-radius: 14px 4px 14px 14px; white-space: pre-wrap; }
.meta { font-size: .85em; color: var(--soft); margin: .15em .3em 0; }
.bad { color: var(--red); font-weight: 700; }
.q { font-weight: 700; color: var(--navy); }
.sample { background: var(--warm-tint); color: var(--warm); border-radius: 6px; padding: .15em .6em; font-size: .9em; }
.urgent { border: 3px solid var(--red); background: #fff; }
.calls { display: flex; flex-wrap: wrap; gap: .5em; list-style: none; padding: 0; margin: .4em 0; }
.calls a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 .9em; border: 2px solid var(--link); border-radius: 8px; font-weight: 700; text-decoration: none; }
.urgent .calls a { min-height: 52px; border-color: var(--red); background: var(--red); color: #fff; font-size: 1.2em; }
.options { display: flex; flex-direction: column; gap: .5em; margin: .5em 0 .3em; }
.act { border: 2px solid var(--link); border-radius: 8px; background: #fff; color: var(--link); font-weight: 700; padding: .35em .9em; text-align: left; }
.act:hover { background: var(--tint); }
.act.none { border-color: var(--soft); color: var(--ink); font-weight: 400; }
.hint { display: block; font-size: .9em; font-weight: 400; color: var(--soft); }
.part { border-top: 1px solid var(--line); margin-top: .7em; padding-top: .3em; }
.act.main { background: var(--link); color: #fff; }
.act.main:hover { background: var(--navy); }
summary { cursor: pointer; min-height: 44px; padding: .5em 0; color: var(--link); }
details ul { margin: 0 0 .4em; padding-left: 1.2em; }
details { font-size: .92em; }
.receipt { border: 3px solid #0d5c36; background: #e9f6ef; }
dl { margin: .3em 0; }
dt { font-size: .9em; color: var(--soft); }
dd { margin: 0 0 .3em; font-weight: 700; }
.code { font-family: ui-monospace, Consolas, monospace; font-size: 1.1em; letter-spacing: .03em; user-select: all; }
.foot { flex: none; border-top: 1px solid var(--line); padding: .6em .8em .7em; background: #fff; }
.row { display: flex; gap: .5em; align-items: flex-end; }
textarea, input { width: 100%; border: 2px solid #5b6675; border-radius: 8px; padding: .45em .6em; background: #fff; min-height: 48px; }
textarea { resize: none; flex: 1; line-height: 1.5; }
.send { background: var(--link); color: #fff; border: 2px solid var(--link); border-radius: 8px; font-weight: 700; min-height: 48px; padding: 0 1.1em; flex: none; }
.send:hover { background: var(--navy); }
.leave { background: none; border: 0; color: var(--link); text-decoration: underline; text-underline-offset: .2em; padding: 0 .2em; }
.rate { display: flex; gap: 0 1em; }
.form { border-bottom: 1px solid var(--line); padding-bottom: .7em; margin: 0 -7px .6em; padding-left: 7px; padding-right: 7px; max-height: 60vh; overflow-y: auto; }
.form h3 { margin: 0; font-size: 1.05em; color: var(--navy); }
.form label { display: block; font-weight: 700; margin-top: .5em; }
.form .row { margin-top: .8em; flex-wrap: wrap; align-items: center; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 30rem) { .float { right: 0; bottom: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0; } }
`
