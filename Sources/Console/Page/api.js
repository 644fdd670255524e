// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { byId } from "./dom.js";

const TOKEN_KEY = "presence-relay.admin-token";

let token = sessionStorage.getItem(TOKEN_KEY) || "";

export class Unauthorized extends Error {}

let signingIn = null;

/** Shows the sign-in once, however many requests were refused; resolves when a token has been taken. */
function signIn() {
  signingIn ??= new Promise((resolve) => {
    const dialog = byId("sign-in");
    const form = byId("sign-in-form");
    const input = byId("token");
    const error = byId("sign-in-error");
    input.value = "";
    error.textContent = token ? "This token is not accepted any more." : "";
    token = "";
    sessionStorage.removeItem(TOKEN_KEY);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    form.onsubmit = async (event) => {
      event.preventDefault();
      const candidate = input.value.trim();
      if (!/^[\x21-\x7e]+$/.test(candidate)) {
        error.textContent = "A token has no spaces and only plain characters.";
        return;
      }
      try {
        const answer = await fetch("/v1/agents?limit=1", request(candidate));
        if (answer.status === 401) {
          error.textContent = "This token is not accepted.";
          input.select();
          return;
        }
      } catch {
        error.textContent = "The relay does not answer. Try again.";
        return;
      }
      token = candidate;
      sessionStorage.setItem(TOKEN_KEY, candidate);
      input.value = "";
      dialog.close();
      signingIn = null;
      resolve();
    };
    if (!dialog.open) dialog.showModal();
    input.focus();
  });
  return signingIn;
}

export function request(bearer, options = {}) {
  const headers = { ...options.headers };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  return { ...options, headers, cache: "no-store", credentials: "omit", redirect: "error" };
}

/** Fetches; throws an Error with the problem's detail for anything but 2xx, after sign-in for 401. */
export async function call(path, options) {
  const answer = await fetch(path, request(token, options));
  if (answer.ok) return answer;
  if (answer.status === 401) {
    await signIn();
    throw new Unauthorized("signed in, try again");
  }
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.detail || problem.title || `The relay answered ${answer.status}.`);
}

export const getJSON = async (path) => (await call(path)).json();

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
