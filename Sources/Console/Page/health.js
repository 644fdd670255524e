// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { pause, request } from "./api.js";
import { byId, formatNumber, make, words } from "./dom.js";

const POLL_SECONDS = 5;

/** Keeps the header's health true. */
export async function followHealth() {
  for (;;) {
    try {
      const answer = await fetch("/healthz", request(""));
      showHealth(await answer.json());
    } catch {
      showHealth(null);
    }
    await pause(POLL_SECONDS);
  }
}

const HEALTH_TONES = { pass: "good", warn: "warn", fail: "bad" };
const HEALTH_WORDS = { pass: "Healthy", warn: "Warning", fail: "Failing" };

function showHealth(health) {
  const badge = byId("health-status");
  badge.dataset.tone = health ? HEALTH_TONES[health.status] ?? "calm" : "bad";
  badge.textContent = health ? HEALTH_WORDS[health.status] ?? health.status : "No answer";
  if (!health) return;
  byId("version").textContent = health.version ?? "–";
  const rules = health.rules;
  byId("rules").textContent = rules ? `${rules.count} (${String(rules.version).slice(0, 12)})` : "–";
  byId("rules").title = rules ? String(rules.version) : "";
  showReload(health.checks?.rules);
  byId("mode").textContent = health.mode ?? "–";
  const sections = Object.entries(health.checks ?? {}).map(([name, check]) => {
    const numbers = Object.entries(check.values ?? {}).map(([key, value]) => `${words(key)} ${formatNumber(value)}`);
    return make("section", {},
      make("h3", {}, name, make("span", { className: "badge", data: { tone: HEALTH_TONES[check.status] ?? "calm" } }, check.status)),
      check.message ? make("p", {}, check.message) : null,
      numbers.length ? make("p", {}, numbers.join(" · ")) : null);
  });
  if (health.notReady?.length) {
    sections.unshift(make("section", {}, make("h3", {}, "Takes no events"), make("p", {}, health.notReady.join(", "))));
  }
  byId("health-checks").replaceChildren(...(sections.length ? sections : [make("p", {}, "No checks.")]));
}

/** Whether the rules in force are those of the files. */
function showReload(check) {
  const isBad = Boolean(check) && check.status !== "pass";
  const badge = byId("rules-state");
  badge.hidden = !check;
  badge.dataset.tone = isBad ? "warn" : "good";
  badge.textContent = isBad ? "not reloaded" : "in force";
  const notice = byId("rules-notice");
  const text = isBad ? `The rule files have an error: ${check.message ?? "see the log"}` : "";
  // Not written again while it is the same: it is read out aloud when it changes.
  if (notice.textContent !== text) notice.textContent = text;
  notice.hidden = !isBad;
}
