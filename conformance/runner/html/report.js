'use strict';
// The page's data is compact: a case is [id, version, verdict, why, clauses, disassembly, expected, extra?]; see report_html.cpp. Everything that comes from
// a case or a target is put into the page as text, never as markup.
const data = JSON.parse(document.getElementById('data').textContent);
const order = ['fail', 'error', 'timeout', 'unexpected', 'expected', 'unsupported', 'pass'];
const words = {
  pass: 'passed', fail: 'failed', error: 'error', timeout: 'timeout', unsupported: 'unsupported', expected: 'expected failure',
  unexpected: 'unexpected pass'
};
const plural = { error: 'errors', timeout: 'timeouts', expected: 'expected failures', unexpected: 'unexpected passes' };
const bad = new Set(['fail', 'error', 'timeout', 'unexpected']);
const chunk = 150;
const byId = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString('en');

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const cases = data.cases.map(([id, version, verdict, why, clauses, disassembly, expected, extra]) => ({
  id, why, disassembly, expected, extra: extra || {}, clauses: clauses.split(' '), verdict: data.verdicts[verdict], semantics: data.semantics[version],
  group: clauses.split('.')[0], text: (id + ' ' + clauses + ' ' + why + ' ' + disassembly).toLowerCase()
}));

const state = { query: '', verdicts: new Set(), group: '', semantics: '' };
let shown = [];
let rendered = 0;

function countBy(list) {
  const counts = {};
  for (const entry of list) counts[entry.verdict] = (counts[entry.verdict] || 0) + 1;
  return counts;
}

const total = countBy(cases);
const amount = (v, n) => number(n) + ' ' + (n === 1 ? words[v] : plural[v] || words[v]);
const phrase = (counts) => order.filter((v) => counts[v]).map((v) => amount(v, counts[v])).join(', ');

function drawHeader() {
  const failing = order.filter((v) => bad.has(v)).reduce((sum, v) => sum + (total[v] || 0), 0);
  const ran = cases.length - (total.unsupported || 0);
  const headline = byId('headline');
  if (failing || data.incomplete) {
    headline.append(make('span', { class: 'bad' }, failing ? number(failing) : 'Incomplete'), failing ? ' of ' + number(ran) + ' cases not as the document says' : ' run');
  } else {
    headline.append(make('span', { class: 'good' }, 'All ' + number(ran)), ' cases as the document says');
  }
  if (data.incomplete) headline.append(make('span', { class: 'bad' }, failing ? ' (incomplete)' : ''));
  byId('subline').textContent = phrase(total) + (data.incomplete ? '. ' + data.incomplete : '');
  document.title = (failing ? failing + ' failing' : 'All passed') + ': ' + data.target.name + ', PVM conformance';
  const proportions = byId('proportions');
  proportions.setAttribute('aria-label', phrase(total));
  for (const v of [...order].reverse()) {
    if (!total[v]) continue;
    const part = make('i', { title: amount(v, total[v]) });
    part.style.flex = total[v] + ' 0 0';
    part.style.background = 'var(--' + (v === 'unexpected' ? 'fail' : v) + ')';
    proportions.append(part);
  }
  const facts = [['Target', (data.target.name + ' ' + data.target.version).trim()], ['Started as', data.target.command], ['Suite', data.suite],
                 ['Document', data.spec], ['Date', data.date.replace('T', ' ').replace('Z', ' UTC')], ['Time', data.seconds.toFixed(2) + ' s']];
  for (const [name, value] of facts) {
    if (value) byId('facts').append(make('div', {}, make('dt', {}, name), make('dd', {}, value)));
  }
  byId('footer').textContent = 'Written by ' + data.tool + '. ' + number(cases.length) + ' cases; everything on this page is in this file.';
}

function cellButton(list, label, choose) {
  const counts = countBy(list);
  const worst = order.find((v) => counts[v] && !(v === 'unsupported' && counts.pass));
  const failing = order.filter((v) => bad.has(v)).reduce((sum, v) => sum + (counts[v] || 0), 0);
  const tone = worst === 'unexpected' ? 'fail' : worst;
  const button = make('button', { type: 'button', class: 'v-' + tone, 'aria-label': label + ': ' + phrase(counts), title: label + ': ' + phrase(counts) });
  if (failing) button.append(make('span', { class: 'bad' }, number(failing)), make('span', { class: 'of' }, 'of ' + number(list.length)));
  else if (worst === 'pass' && counts.unsupported) button.append(number(counts.pass), make('span', { class: 'of' }, 'of ' + number(list.length)));
  else button.append(number(list.length));
  button.addEventListener('click', choose);
  return button;
}

function scopeButton(text, group, semantics) {
  const button = make('button', { type: 'button' }, text);
  button.addEventListener('click', () => setScope(group, semantics));
  return button;
}

function drawMatrix() {
  const versions = data.semantics.filter((s) => cases.some((c) => c.semantics === s));
  const place = (group) => (Object.keys(data.chapters).indexOf(group) + 1000) % 1000;  // the document's order; what it lacks comes last
  const groups = [...new Set(cases.map((c) => c.group))].sort((a, b) => place(a) - place(b));
  const table = byId('matrix');
  const head = make('tr', {}, make('th', { scope: 'col' }, 'Group'));
  for (const s of versions) head.append(make('th', { scope: 'col' }, scopeButton(s, '', s)));
  head.append(make('th', { scope: 'col' }, scopeButton('all', '', '')));
  table.append(make('thead', {}, head));
  const body = make('tbody');
  const row = (name, group, list) => {
    const line = make('tr', group ? {} : { class: 'sum' }, make('th', { scope: 'row' }, scopeButton(name, group, '')));
    for (const s of [...versions, '']) {
      const part = s ? list.filter((c) => c.semantics === s) : list;
      const cell = part.length ? make('td') : make('td', { class: 'none' }, '·');
      if (part.length) {
        const button = cellButton(part, (group || 'all groups') + ', ' + (s || 'all versions'), () => setScope(group, s));
        button.dataset.scope = group + '|' + s;
        cell.append(button);
      }
      line.append(cell);
    }
    body.append(line);
  };
  for (const group of groups) row(group, group, cases.filter((c) => c.group === group));
  row('all', '', cases);
  table.append(body);
}

function setScope(group, semantics) {
  state.group = group;
  state.semantics = semantics;
  update();
  byId('cases-title').scrollIntoView({ behavior: 'smooth', block: 'start' });
}

function drawChips() {
  for (const v of order) {
    if (!total[v]) continue;
    const chip = make('button', { type: 'button', class: 'v-' + v, 'data-verdict': v }, words[v], make('b', {}, number(total[v])));
    chip.addEventListener('click', () => {
      if (!state.verdicts.delete(v)) state.verdicts.add(v);
      update();
    });
    byId('chips').append(chip);
  }
}

function drawScope() {
  const scope = byId('scope');
  scope.replaceChildren();
  for (const part of ['group', 'semantics']) {
    if (!state[part]) continue;
    const button = make('button', { type: 'button', 'aria-label': 'Remove the filter ' + state[part] }, state[part] + ' ✕');
    button.addEventListener('click', () => { state[part] = ''; update(); });
    scope.append(button);
  }
}

function differences(list) {
  const table = make('table', { class: 'differences' },
    make('thead', {}, make('tr', {}, ...['Where', 'What', 'Expected', 'Actual'].map((t) => make('th', { scope: 'col' }, t)))));
  const body = make('tbody', { class: 'mono' });
  for (const [where, what, expected, actual] of list) {
    body.append(make('tr', {}, make('td', {}, where), make('td', {}, what), make('td', { class: 'want' }, expected), make('td', { class: 'got' }, actual)));
  }
  table.append(body);
  return make('div', { class: 'scrolling' }, table);
}

function block(title, ...content) { return make('div', {}, make('h3', {}, title), ...content); }

function disassembly(entry) {
  const pre = make('pre', {});
  const lines = entry.disassembly.split('\n');
  lines.forEach((line, index) => {
    const departs = entry.extra.departure && line.startsWith(entry.extra.departure.pc + ':');
    pre.append(departs ? make('mark', {}, line) : line, index + 1 < lines.length ? '\n' : '');
  });
  return pre;
}

function fillBody(entry) {
  const body = make('div', { class: 'body' });
  const extra = entry.extra;
  if (extra.message) body.append(make('p', { class: 'message' }, extra.message));
  if (extra.differences) body.append(block('What differs', differences(extra.differences)));
  if (extra.departure) body.append(block('First step that departs from the reference', make('p', {}, extra.departure.text)));
  if (extra.expected) body.append(block('Listed as an expected failure', make('p', {}, extra.expected)));
  const links = make('div', { class: 'clauses' });
  for (const clause of entry.clauses) {
    const chapter = data.chapters[clause] || data.chapters[clause.split('.')[0]] || 'spec/semantics.md';
    links.append(make('a', { class: 'mono', href: chapter + '#' + clause, title: chapter + '#' + clause }, clause));
  }
  body.append(block('Clauses', links));
  if (entry.disassembly) body.append(block('Program', disassembly(entry)));
  if (entry.expected) body.append(block('Expected', make('pre', {}, entry.expected)));
  body.append(block('More', make('pre', {}, 'pvm-conform show ' + entry.id + '\npvm-conform trace ' + entry.id)));
  return body;
}

function item(entry) {
  const summary = make('summary', {}, make('span', { class: 'verdict v-' + entry.verdict }, words[entry.verdict]), make('span', { class: 'mono' }, entry.id),
                       make('span', { class: 'why' }, entry.why));
  const details = make('details', {}, summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(fillBody(entry));
  });
  return details;
}

function renderMore() {
  const part = document.createDocumentFragment();
  for (const entry of shown.slice(rendered, rendered + chunk)) part.append(item(entry));
  rendered = Math.min(shown.length, rendered + chunk);
  byId('cases').append(part);
}

function matches(entry, terms) {
  return (!state.group || entry.group === state.group) && (!state.semantics || entry.semantics === state.semantics) &&
    (!state.verdicts.size || state.verdicts.has(entry.verdict)) && terms.every((term) => entry.text.includes(term));
}

function update() {
  const terms = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  shown = cases.filter((entry) => matches(entry, terms));
  shown.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  byId('cases').replaceChildren();
  rendered = 0;
  renderMore();
  byId('count').textContent = shown.length === cases.length ? number(shown.length) + ' cases' : number(shown.length) + ' of ' + number(cases.length) + ' cases';
  for (const chip of byId('chips').children) chip.setAttribute('aria-pressed', !state.verdicts.size || state.verdicts.has(chip.dataset.verdict));
  for (const cell of document.querySelectorAll('#matrix [data-scope]')) {
    cell.setAttribute('aria-pressed', cell.dataset.scope === state.group + '|' + state.semantics && (state.group + state.semantics) !== '');
  }
  drawScope();
  saveState();
}

function saveState() {
  const saved = new URLSearchParams();
  if (state.query) saved.set('q', state.query);
  if (state.verdicts.size) saved.set('v', [...state.verdicts].join(','));
  if (state.group) saved.set('group', state.group);
  if (state.semantics) saved.set('version', state.semantics);
  try { history.replaceState(null, '', '#' + saved); } catch { /* some viewers forbid it */ }
}

function loadState() {
  const saved = new URLSearchParams(location.hash.slice(1));
  state.query = saved.get('q') || '';
  state.group = saved.get('group') || '';
  state.semantics = saved.get('version') || '';
  state.verdicts = new Set((saved.get('v') || '').split(',').filter((v) => total[v]));
  if (!location.hash && order.some((v) => bad.has(v) && total[v])) state.verdicts = new Set(order.filter((v) => bad.has(v) && total[v]));
  byId('query').value = state.query;
}

function setUpTheme() {
  const root = document.documentElement;
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => { root.dataset.theme = prefersDark.matches ? 'dark' : 'light'; };
  apply();
  prefersDark.addEventListener('change', apply);
  byId('theme').addEventListener('click', () => { root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark'; });
}

setUpTheme();
drawHeader();
drawMatrix();
drawChips();
loadState();
update();
if (shown.length === 1 || (shown.length && bad.has(shown[0].verdict))) byId('cases').firstElementChild.open = true;
byId('filters').addEventListener('submit', (event) => event.preventDefault());
byId('query').addEventListener('input', () => { state.query = byId('query').value; update(); });
new IntersectionObserver((entries) => {
  if (entries.some((e) => e.isIntersecting) && rendered < shown.length) renderMore();
}, { rootMargin: '600px' }).observe(byId('more'));
