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
  byId("rules").textContent = rules ? `${rules.count} (${String(rules.version).slice(0, 8)})` : "–";
  byId("rules").title = rules ? String(rules.version) : "";
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
