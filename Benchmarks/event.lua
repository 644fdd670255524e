-- SPDX-License-Identifier: Apache-2.0
-- Copyright (c) 2026 the Presence Relay authors
--
-- wrk: POST of one EventBridge-wrapped conversation event (event.json, about 4 KB). From the environment:
--   BODY     the event's template file
--   PATH_GET when set, GET of this path instead
--   LENGTH   when set, so many bytes of anything instead of the event
--   CLOSE    1 = one connection for each request, as EventBridge does
-- Prints a line RESULT with tabs: requests, seconds, p50 ms, p99 ms, p99.9 ms, socket errors, answers of 300 and more.

local function fixed()
    local close = os.getenv("CLOSE") == "1" and "Connection: close\r\n" or ""
    local path = os.getenv("PATH_GET")
    if path then return "GET " .. path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\n" .. close .. "\r\n" end
    local length = tonumber(os.getenv("LENGTH") or "")
    if not length then return nil end
    return "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" .. close
        .. "Content-Length: " .. length .. "\r\n\r\n" .. string.rep("x", length)
end

function init(args)
    local all = fixed()
    if all then
        request = function() return all end
        return
    end
    local file = assert(io.open(os.getenv("BODY")))
    local template = file:read("*a"):gsub("%s+$", "")
    file:close()
    local head = "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
    if os.getenv("CLOSE") == "1" then head = head .. "Connection: close\r\n" end

    -- Every request is the same: EventLoad is for events with ids of their own.
    local body = template:gsub("@%u+@", "00000001-0000-4000-8000-000000000001")
    local same = head .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
    request = function() return same end
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        "RESULT\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%d\n",
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        latency:percentile(99.9) / 1000,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status
    ))
end
