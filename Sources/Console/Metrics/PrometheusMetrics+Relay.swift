// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

extension PrometheusMetrics.Configuration {
    /// What the relay's own metrics mean, and buckets for those that take longer than a call.
    public static let relay = Self(help: help, buckets: buckets)

    private static let help = [
        "presence_relay_adherence_checks_outstanding": "Agents whose adherence is not known yet, though asked for.",
        "presence_relay_adherence_confirmed_seconds": "Time from a confirmed presence until adherence shows it.",
        "presence_relay_adherence_verdicts_total": "What adherence says of confirmed presences, by state and reason.",
        "presence_relay_breaker_open": "1 while calls are held back because most of them fail, else 0.",
        "presence_relay_budget_limit": "Calls to Genesys a minute, by index of the OAuth client, from 0.",
        "presence_relay_budget_remaining": "Calls left in the current minute, by index of the OAuth client, from 0.",
        "presence_relay_bulk_size": "Users that go into one bulk write now.",
        "presence_relay_calls_under_way": "Calls to Genesys that are being made.",
        "presence_relay_calls_waiting": "Calls to Genesys that wait for a budget, by what they are for.",
        "presence_relay_dead_letters_total": "What was given up: notApplied, failed, errand or event.",
        "presence_relay_delivery_agents_total": "Agents in calls that write or read presence, by kind of call.",
        "presence_relay_delivery_call_seconds": "Duration of calls that write or read presence, by kind of call.",
        "presence_relay_delivery_outstanding": "Agents with a wish or a call under way.",
        "presence_relay_delivery_reports_total": "Steps of wishes on their way to a presence, by state reached.",
        "presence_relay_directory_members":
            "Users that belong to a queue, unit, team or group that the configuration names.",
        "presence_relay_directory_names": "Names of queues, units, teams and the like in the configuration.",
        "presence_relay_directory_read_timestamp_seconds": "When all names and members were last read, in Unix time.",
        "presence_relay_directory_refreshes_total": "Reads of names and members: ok, unresolved or failed.",
        "presence_relay_directory_unresolved": "Names that no longer lead to one thing in the organisation.",
        "presence_relay_errand_reports_total": "Steps of tags, explanations and the like, by state reached.",
        "presence_relay_errand_seconds": "Time from taking up a tag, an explanation or the like to its end, by kind.",
        "presence_relay_errands_outstanding": "Tags, explanations and the like that have not ended.",
        "presence_relay_errands_total": "Tags, explanations and the like that have ended, by kind and state.",
        "presence_relay_events_total": "Events that arrived at the webhook: accepted, duplicate or ignored.",
        "presence_relay_genesys_request_seconds": "Duration of requests to Genesys, by endpoint.",
        "presence_relay_genesys_requests_total": "Requests to Genesys, by endpoint and status or failure.",
        "presence_relay_ingest_refused_total": "Requests that the webhook refused, by reason.",
        "presence_relay_journal_commit_seconds": "Duration of a group's transaction until it is on disk.",
        "presence_relay_journal_database_bytes": "Size of the journal's database without its log, free pages included.",
        "presence_relay_journal_dead_letters": "Dead letters that nobody has dealt with; 10000 stands for more.",
        "presence_relay_journal_disk_free_bytes": "Free space of the file system that the journal is on.",
        "presence_relay_journal_entries_total": "Entries written to the journal.",
        "presence_relay_journal_free_pages": "Pages of the database that are used again before the file grows.",
        "presence_relay_journal_group_size": "Entries written in one transaction.",
        "presence_relay_journal_lag_entries": "Entries that are journalled and not applied.",
        "presence_relay_journal_lag_seconds": "Age of the oldest entry that is not applied; 0 = there is none.",
        "presence_relay_journal_oldest_entry_age_seconds": "Age of the oldest entry that is kept.",
        "presence_relay_journal_pending": "Entries that wait for the disk.",
        "presence_relay_journal_used_bytes": "The part of the database that is in use: what journal.maxSize limits.",
        "presence_relay_journal_wal_bytes": "Size of the write-ahead log's file.",
        "presence_relay_latency_seconds": "Time between two stages on the way from an event to the presence.",
        "presence_relay_notification_attempts_total":
            "Webhooks of rules that were sent, by endpoint and result: ok, refused or unanswered.",
        "presence_relay_rules_info": "1, with the version of the rules in force.",
        "presence_relay_rules_last_reload_success_timestamp_seconds":
            "When the configuration was last read without errors.",
        "presence_relay_rules_last_reload_successful": "0 while the files of the configuration cannot be used, else 1.",
        "presence_relay_rules_reload_total": "Readings of the configuration after the start, by result: ok or error.",
    ]

    /// From a decision in a millisecond to an adherence that takes minutes.
    private static let wide = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
    ]

    private static let buckets = [
        "presence_relay_adherence_confirmed_seconds": wide, "presence_relay_errand_seconds": wide,
        "presence_relay_latency_seconds": wide,
    ]
}
