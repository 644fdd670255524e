// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const hasNew = Boolean(data.newRules);
  const length = Math.max(1, data.to - data.from);
  const rowsAtOnce = 200;

  // Everything that comes from outside is put in as text, never as markup.
  const make = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children.filter((child) => child !== null));
    return node;
  };
  const svg = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const text = (number) => (number < 0 ? null : data.texts[number]);
  const minutesText = (milliseconds) => (milliseconds / 60000).toLocaleString("en", { maximumFractionDigits: 1 });
  const time = (offset) => {
    const iso = new Date(data.from + offset).toISOString();
    const seconds = iso.slice(17, 23);
    return iso.slice(0, 10) + " " + iso.slice(11, 16) + (seconds === "00.000" ? "" : ":" + seconds.replace(/\.000$/, ""));
  };
  const named = (status, rule) => (status < 0 ? "none" : text(status) + (rule < 0 ? "" : ` (${text(rule)})`));

  // Sums, and colours by them.
  const sums = (spans) => {
    const sum = new Map();
    for (const [from, to, status] of spans) sum.set(status, (sum.get(status) || 0) + to - from);
    return sum;
  };
  const totals = new Map();
  let differenceCount = 0;
  let differenceTime = 0;
  const reasons = new Map();
  for (const agent of data.agents) {
    for (const [lane, spans] of [["old", agent.old], ["new", agent.new || []]]) {
      for (const [status, milliseconds] of sums(spans)) {
        const total = totals.get(status) || { old: 0, new: 0 };
        total[lane] += milliseconds;
        totals.set(status, total);
      }
    }
    for (const [from, to, oldStatus, oldRule, newStatus, newRule, reason] of agent.differences || []) {
      differenceCount += 1;
      differenceTime += to - from;
      const key = [oldStatus, oldRule, newStatus, newRule, reason].join();
      const group = reasons.get(key) || { from: named(oldStatus, oldRule), to: named(newStatus, newRule), reason, count: 0, time: 0 };
      group.count += 1;
      group.time += to - from;
      reasons.set(key, group);
    }
  }
  const statuses = [...totals.keys()].sort((a, b) => totals.get(b).old + totals.get(b).new - totals.get(a).old - totals.get(a).new);
  const color = new Map(statuses.map((status, index) => [status, `var(--c${index % 10})`]));
  const swatch = (status) => {
    const node = make("i", { className: "swatch" });
    node.style.background = color.get(status);
    return node;
  };

  // Head
  byId("time").textContent = `${time(0)} – ${time(data.to - data.from)} UTC`;
  for (const [name, rules] of [["rules", data.rules], ["new", data.newRules]]) {
    if (!rules) continue;
    byId("files").append(make("div", {}, make("dt", { textContent: name }), make("dd", {
      textContent: `${rules.file} (${rules.rules} ${rules.rules === 1 ? "rule" : "rules"}, version ${rules.version})`,
    })));
  }
  const tile = (value, label) => byId("tiles").append(make("div", {}, make("strong", { textContent: value }), make("span", { textContent: label })));
  tile(data.counts.events.toLocaleString("en"), "events");
  tile(data.counts.ownChanges.toLocaleString("en"), "of the relay's own changes");
  tile(`${data.agents.length.toLocaleString("en")} of ${data.agentCount.toLocaleString("en")}`, "agents of whom a status is wanted");
  if (hasNew) {
    tile(differenceCount.toLocaleString("en"), "differences");
    tile(minutesText(differenceTime), "minutes that differ");
  }
  if (data.counts.undecodable) tile(data.counts.undecodable.toLocaleString("en"), "events that cannot be decoded");

  // Minutes
  const longest = Math.max(1, ...[...totals.values()].map((total) => Math.max(total.old, total.new)));
  const cell = (value, className = "") => make("td", { textContent: value, className });
  const head = (table, ...names) => table.append(make("tr", {}, ...names.map((name) => make("th", { textContent: name.replace("#", ""), className: name.startsWith("#") ? "number" : "" }))));
  const minutesTable = byId("minutes");
  head(minutesTable, ...(hasNew ? ["Status", "#Rules", "#New", "#Change", ""] : ["Status", "#Minutes", ""]));
  for (const status of statuses) {
    const total = totals.get(status);
    const bars = make("td", { className: "bar" });
    for (const lane of hasNew ? ["old", "new"] : ["old"]) {
      const bar = make("i", { className: lane });
      bar.style.background = color.get(status);
      bar.style.width = `${(100 * total[lane]) / longest}%`;
      bars.append(bar);
    }
    const change = total.new - total.old;
    minutesTable.append(make("tr", {},
      make("td", {}, swatch(status), text(status)),
      cell(minutesText(total.old), "number"),
      hasNew ? cell(minutesText(total.new), "number") : null,
      hasNew ? cell((change > 0 ? "+" : "") + minutesText(change), "number " + (change > 0 ? "more" : change < 0 ? "less" : "")) : null,
      bars));
  }
  if (!statuses.length) minutesTable.append(make("tr", {}, cell("no status was ever wanted")));

  // Why
  if (hasNew && differenceCount) {
    byId("why").hidden = false;
    byId("why-count").textContent = `${reasons.size.toLocaleString("en")} kinds of difference`;
    const table = byId("reasons");
    head(table, "Rules", "New", "First reason", "#Times", "#Minutes");
    const groups = [...reasons.values()].sort((a, b) => b.time - a.time);
    for (const group of groups.slice(0, 100)) {
      table.append(make("tr", {}, cell(group.from), cell(group.to), cell(text(group.reason) || "", "reason"),
        cell(group.count.toLocaleString("en"), "number"), cell(minutesText(group.time), "number")));
    }
  }

  // Legend and axis
  for (const status of statuses) byId("legend").append(make("li", {}, swatch(status), text(status)));
  if (hasNew) {
    byId("legend").append(make("li", { className: "soft", textContent: "above: rules, below: new" }));
    const mark = make("i", { className: "swatch" });
    mark.style.background = "var(--differs)";
    byId("legend").append(make("li", {}, mark, "they differ"));
  }
  const steps = [60e3, 300e3, 900e3, 3600e3, 3 * 3600e3, 6 * 3600e3, 12 * 3600e3, 86400e3, 2 * 86400e3, 7 * 86400e3, 28 * 86400e3];
  const step = steps.find((candidate) => length / candidate <= 8) || steps[steps.length - 1];
  for (let moment = Math.ceil(data.from / step) * step; moment <= data.to; moment += step) {
    const iso = new Date(moment).toISOString();
    const label = step >= 86400e3 ? iso.slice(5, 10) : iso.slice(11, 16) === "00:00" ? iso.slice(5, 10) : iso.slice(11, 16);
    const place = (100 * (moment - data.from)) / length;
    const mark = make("span", { textContent: label, className: place > 97 ? "last" : "" });
    mark.style.left = `${place}%`;
    byId("axis").append(mark);
  }

  // Timelines: one path for each status, so that a thousand of them cost little.
  const laneHeight = 12;
  const lanes = hasNew ? ["old", "new", "differences"] : ["old"];
  const scale = (offset) => Math.round((offset / length) * 1e5) / 100;
  const rects = (spans, y, height) => spans.map(([from, to]) => {
    const x = scale(from);
    return `M${x} ${y}h${Math.max(0.6, Math.round((scale(to) - x) * 100) / 100)}v${height}H${x}z`;
  }).join("");
  const strip = (agent) => {
    const height = hasNew ? 2 * laneHeight + 9 : laneHeight + 4;
    const picture = svg("svg", { class: "strip", viewBox: `0 0 1000 ${height}`, height, preserveAspectRatio: "none", role: "img" });
    picture.setAttribute("aria-label", summaryText(agent));
    lanes.forEach((lane, index) => {
      const y = index * (laneHeight + 2);
      const laneSize = lane === "differences" ? 4 : laneHeight;
      picture.append(svg("path", { class: "ground", d: `M0 ${y}h1000v${laneSize}H0z` }));
      if (lane === "differences") {
        if (agent.differences.length) picture.append(svg("path", { class: "differs", d: rects(agent.differences, y, laneSize) }));
        return;
      }
      for (const status of statuses) {
        const spans = agent[lane].filter((span) => span[2] === status);
        if (spans.length) picture.append(svg("path", { style: `fill: ${color.get(status)}`, d: rects(spans, y, laneSize) }));
      }
    });
    picture.addEventListener("pointermove", (event) => showTip(event, agent, picture));
    picture.addEventListener("pointerleave", () => { byId("tip").hidden = true; });
    return picture;
  };
  const summaryText = (agent) => {
    const parts = [...sums(agent.old)].sort((a, b) => b[1] - a[1]).map(([status, sum]) => `${text(status)} ${minutesText(sum)} min`);
    return parts.join(", ") || "nothing";
  };
  const at = (spans, offset) => spans.find(([from, to]) => from <= offset && offset < to);
  const showTip = (event, agent, picture) => {
    const box = picture.getBoundingClientRect();
    const offset = ((event.clientX - box.left) / box.width) * length;
    const span = (spans) => {
      const found = at(spans, offset);
      return found ? `${named(found[2], found[3])}, ${time(found[0])} – ${time(found[1])}` : "none";
    };
    const lines = [`${time(Math.round(offset / 1000) * 1000)} UTC`, (hasNew ? "rules: " : "") + span(agent.old)];
    if (hasNew) {
      lines.push("new: " + span(agent.new));
      const difference = at(agent.differences, offset);
      if (difference) lines.push(text(difference[6]) || "");
    }
    const tip = byId("tip");
    tip.textContent = lines.join("\n");
    tip.hidden = false;
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 16, innerHeight - tip.offsetHeight - 8)}px`;
  };

  const spanTable = (title, spans) => {
    const table = make("table");
    head(table, "From", "To", "#Minutes", "Status", "Rule");
    for (const [from, to, status, rule] of spans) {
      table.append(make("tr", {}, cell(time(from), "time"), cell(time(to), "time"), cell(minutesText(to - from), "number"),
        make("td", {}, swatch(status), text(status)), cell(text(rule) || "")));
    }
    return [make("h3", { textContent: `${title}: ${spans.length} times` }), spans.length ? table : ""];
  };
  const differenceTable = (differences) => {
    const table = make("table");
    head(table, "From", "To", "#Minutes", "Rules", "New", "First reason");
    for (const [from, to, oldStatus, oldRule, newStatus, newRule, reason] of differences) {
      table.append(make("tr", {}, cell(time(from), "time"), cell(time(to), "time"), cell(minutesText(to - from), "number"),
        cell(named(oldStatus, oldRule)), cell(named(newStatus, newRule)), cell(text(reason) || "", "reason")));
    }
    return [make("h3", { textContent: `Differences: ${differences.length}` }), differences.length ? table : ""];
  };

  // Rows
  const row = (agent) => {
    const count = agent.differences ? agent.differences.length : 0;
    const notes = make("span", {}, summaryText(agent));
    if (count) notes.prepend(make("em", { textContent: `${count} differ · ` }));
    const who = make("div", { className: "who", title: agent.id }, make("b", { textContent: agent.name || agent.id }), notes);
    const details = make("details", { className: "agent" }, make("summary", {}, who, strip(agent)));
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector(".body")) return;
      const body = make("div", { className: "body" }, make("p", { className: "soft", textContent: agent.id }));
      if (hasNew) body.append(...differenceTable(agent.differences));
      body.append(...spanTable(hasNew ? "Rules" : "Wanted", agent.old));
      if (hasNew) body.append(...spanTable("New", agent.new));
      details.append(body);
    });
    return details;
  };
  const words = new Map();
  const wordsOf = (agent) => {
    if (!words.has(agent)) {
      const numbers = new Set();
      for (const span of [...agent.old, ...(agent.new || [])]) numbers.add(span[2]).add(span[3]);
      words.set(agent, [agent.id, agent.name || "", ...[...numbers].map((number) => text(number) || "")].join("\n").toLowerCase());
    }
    return words.get(agent);
  };
  let found = [];
  let count = 0;
  const showMore = () => {
    const next = found.slice(count, count + rowsAtOnce);
    byId("agents").append(...next.map(row));
    count += next.length;
    byId("more").textContent = count < found.length ? `${(found.length - count).toLocaleString("en")} more below` : "";
  };
  const show = () => {
    const wanted = byId("filter").value.trim().toLowerCase();
    found = data.agents.filter((agent) => (!byId("only").checked || agent.differences.length) && (!wanted || wordsOf(agent).includes(wanted)));
    byId("shown").textContent = `${found.length.toLocaleString("en")} of ${data.agents.length.toLocaleString("en")} agents`;
    byId("agents").replaceChildren();
    count = 0;
    showMore();
  };
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && count < found.length) showMore();
  }, { rootMargin: "600px" }).observe(byId("more"));
  byId("only-label").hidden = !hasNew;
  byId("filter").addEventListener("input", show);
  byId("only").addEventListener("change", show);
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  show();
})();
