"""Rows of `tests.matrix` that several kinds of connector share, and the suites that hold them."""

from __future__ import annotations

from tests.cells import By, Fault, Kind, Never, Played, Row, by

AT_ALL = "test_a_silent_party_is_unavailable_and_the_error_tells_no_secrets"

HTTP: Row = {
    Fault.REFUSE: Played((), AT_ALL),
    Fault.HANG: Played(("never", "too-late")),
    Fault.RESET: Played(("reset-at-once", "reset-in-mid-body", "hung-up")),
    Fault.TRUNCATE: Played(("body-cut-off", "chunk-cut-off", "json-cut-off")),
    Fault.DRIP: Played(("drip-in-the-head", "drip-in-the-body")),
    Fault.GARBAGE: Played(("no-http", "login-page", "page-said-to-be-json", "a-list", "empty-body")),
    Fault.ENCODING: Played(("gb18030-said-to-be-utf-8", "utf-8-said-to-be-gb18030", "utf-16")),
    Fault.SECONDS: Played(("429-after-seconds", "503-after-seconds", "429-after-absurd", "429-after-negative")),
    Fault.DATE: Played(("429-after-date", "503-after-date", "429-after-past")),
    Fault.BUSINESS: Played(("error-in-a-200",)),
    Fault.EXPIRED: Played(("401", "403", "407")),
    Fault.SKEW: Played(("clock-a-day-ahead", "clock-a-day-behind")),
    Fault.DUPLICATE: Played((), "test_an_answer_given_twice_answers_no_later_question"),
    Fault.DISORDER: Played((), "test_an_answer_that_comes_too_late_answers_no_later_question"),
    Fault.OVERSIZED: Played(("endless-body", "bomb")),
}
"""What holds for whoever speaks HTTP: the contract suite plays it to each."""

BEARER = by("integration.test_doors:test_who_shows_no_token_or_another_one_is_let_in_nowhere")
WEBHOOK = by(
    "integration.test_doors:test_what_is_not_signed_by_the_secret_that_both_hold_is_taken_nowhere",
    "integration.test_webhooks:test_a_callback_verifies_by_the_standards_own_library_and_an_altered_one_does_not",
)
ANY_HTTP = ("property.test_http_faults:test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch",)
NO_BELIEF = ("property.test_http_faults:test_no_fault_in_any_order_is_a_level_a_receipt_a_statement_or_a_part_of_a_seed",)
UNHEEDED: Row = {
    **HTTP,
    Fault.BUSINESS: Never("any 2xx is a receipt: the body means nothing there (Standard Webhooks; a beat)"),
}
OIDC = "integration.test_signin_oidc"
FRONT, PG = "integration.test_frontend", "integration.test_frontend_postgres"
FILES, INDEX, SFTP, MAIL = (
    "integration.test_deliveries",
    "integration.test_delivery_index",
    "integration.test_sftp",
    "integration.test_mail",
)
ROWS = (
    "rows have no envelope that could call itself well; words of an outage in the agreed column are no value (unit.test_value:"
    "test_no_words_of_an_outage_are_a_value_of_any_fact_whatever_was_promised)"
)
STATED = "integration.test_statements"
NO_TIME = "the protocol names no time to come back at; busy is later by our own waits"
GATEWAY, SECRET = "integration.test_gateway", "integration.test_gateway_secret"

DELIVERED: Row = {
    Fault.REFUSE: by(f"{INDEX}:test_a_folder_that_is_not_there_or_shut_is_no_answer_and_the_last_delivery_still_is"),
    Fault.HANG: by(
        f"{INDEX}:test_questions_are_answered_from_the_one_before_while_a_delivery_is_read",
        f"{INDEX}:test_a_first_delivery_that_takes_long_is_no_outage",
    ),
    Fault.RESET: Never("a folder has no connection; what cannot be read to its end is not whole"),
    Fault.TRUNCATE: by(f"{FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.DRIP: by(
        f"{FILES}:test_a_file_without_its_manifest_is_not_there_yet",
        f"{FILES}:test_a_file_that_changes_while_it_is_read_is_read_again",
    ),
    Fault.GARBAGE: by(f"{FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.ENCODING: by(f"{FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.SECONDS: Never("nobody is asked: whoever delivers comes by himself"),
    Fault.DATE: Never("nobody is asked: whoever delivers comes by himself"),
    Fault.BUSINESS: Never(ROWS),
    Fault.EXPIRED: Never("a folder of this machine is opened by its rights, which do not expire"),
    Fault.SKEW: by(
        f"{FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays",
        "unit.test_evidence:test_data_dated_in_the_future_decide_nothing_but_clocks_may_differ_a_little",
    ),
    Fault.DUPLICATE: by(f"{FILES}:test_rows_that_contradict_each_other_are_told_and_only_questions_about_them_suffer"),
    Fault.DISORDER: by(f"{FILES}:test_the_newest_date_counts_in_whatever_order_they_come"),
    Fault.OVERSIZED: by(f"{FILES}:test_a_delivery_that_is_longer_than_the_settings_let_it_be_is_not_read"),
    Fault.UNSIGNED: by(f"{INDEX}:test_a_folder_that_we_may_not_read_tells_a_person"),
}
FETCHED: Row = {
    **dict.fromkeys(
        (Fault.REFUSE, Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.DRIP, Fault.GARBAGE),
        by(f"{SFTP}:test_each_fault_ends_in_time_and_says_nothing_about_anybody"),
    ),
    Fault.ENCODING: by(f"{FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.SECONDS: Never(NO_TIME),
    Fault.DATE: Never(NO_TIME),
    Fault.BUSINESS: Never(ROWS),
    Fault.EXPIRED: by(f"{SFTP}:test_whoever_is_not_whom_we_know_is_told_nothing_and_a_wrong_password_is_ours"),
    Fault.SKEW: by(f"{FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.DUPLICATE: by(f"{SFTP}:test_what_was_fetched_is_fetched_once_and_goes_when_the_other_side_clears_it_away"),
    Fault.DISORDER: by(
        f"{SFTP}:test_a_file_that_still_grows_or_changes_under_way_is_left_for_the_next_look",
        f"{FILES}:test_the_newest_date_counts_in_whatever_order_they_come",
    ),
    Fault.OVERSIZED: by(f"{SFTP}:test_half_a_delivery_or_one_that_is_too_long_is_not_used_and_is_told"),
    Fault.UNSIGNED: by(
        f"{SFTP}:test_whoever_is_not_whom_we_know_is_told_nothing_and_a_wrong_password_is_ours",
        f"{SFTP}:test_openssh_reads_from_the_server_of_these_tests_what_we_read",
    ),
}
SMTP: Row = {
    Fault.REFUSE: by(f"{MAIL}:TestEmail.{AT_ALL}"),
    **dict.fromkeys(
        (Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.GARBAGE, Fault.ENCODING, Fault.DISORDER, Fault.OVERSIZED),
        by(f"{MAIL}:test_a_server_that_is_none_refuses_nothing_and_holds_nobody"),
    ),
    Fault.DRIP: by(f"{MAIL}:test_one_that_trickles_is_left_when_the_time_is_used_up"),
    Fault.SECONDS: Never("SMTP names no time to come back at; 4xx is later by our own waits"),
    Fault.DATE: Never("SMTP names no time to come back at; 4xx is later by our own waits"),
    Fault.BUSINESS: Never(
        "a 250 to the letter is the server's word that it has it, whatever text is behind it (RFC 5321, 4.2.5)"
    ),
    Fault.EXPIRED: by(f"{MAIL}:test_without_tls_or_by_a_wrong_password_nothing_leaves_and_a_person_is_told"),
    Fault.SKEW: Never("no step of SMTP depends on a clock"),
    Fault.DUPLICATE: by(f"{MAIL}:TestEmail.test_the_same_call_with_the_same_key_succeeds_again"),
    Fault.UNSIGNED: by(f"{MAIL}:test_without_tls_or_by_a_wrong_password_nothing_leaves_and_a_person_is_told"),
}
ANY_MAIL = ("property.test_mail_faults:test_no_fault_of_a_mail_or_of_its_box_in_any_order_is_a_word_that_its_writer_did_not_say",)
STRANGERS, HELD_MAIL = "integration.test_mail_of_strangers", "integration.test_mail_held"
BOX: Row = {
    Fault.REFUSE: by(
        "property.test_mail_faults:test_a_box_that_we_may_not_look_into_is_told_as_our_own_affair_and_none_that_is_gone_as_empty",
        "integration.test_mailbox:test_a_box_that_is_away_keeps_nobody_waiting",
    ),
    **dict.fromkeys((Fault.HANG, Fault.TRUNCATE, Fault.DRIP, Fault.GARBAGE, Fault.DISORDER), by(*ANY_MAIL)),
    Fault.RESET: Never("a folder has no connection; what cannot be read to its end is not whole"),
    Fault.ENCODING: by(
        "integration.test_mailbox:test_a_mail_is_read_in_the_charset_and_form_that_programs_write",
        f"{HELD_MAIL}:test_a_letter_that_is_answered_in_signs_that_nobody_here_reads_is_answered",
    ),
    Fault.SECONDS: Never("nobody is asked: whoever delivers comes by himself"),
    Fault.DATE: Never("nobody is asked: whoever delivers comes by himself"),
    Fault.BUSINESS: by("integration.test_mailbox:test_a_clerk_fills_the_quoted_form_in_and_it_counts_once"),
    Fault.EXPIRED: Never("a folder of this machine is opened by its rights, which do not expire"),
    Fault.SKEW: by(
        "integration.test_came:test_a_mail_that_waited_for_our_officer_is_punctual_as_it_came_however_late_it_is_transcribed"
    ),
    Fault.DUPLICATE: by(
        "integration.test_mailbox:test_a_clerk_fills_the_quoted_form_in_and_it_counts_once",
        f"{STRANGERS}:test_of_two_daemons_with_the_same_mail_the_second_knows_that_it_was_taken",
    ),
    Fault.OVERSIZED: by(
        f"{STRANGERS}:test_a_mail_costs_no_more_than_its_bytes",
        f"{HELD_MAIL}:test_a_scan_that_is_too_large_does_not_make_an_agency_silent",
    ),
    Fault.UNSIGNED: by(
        "integration.test_clerks:test_who_has_the_letter_is_not_silent_and_binds_nobody_from_an_address_that_is_not_the_agencys"
    ),
}
"""Reading a box that mail is delivered into: gone, shut, hanging (pipes in it), half delivered, late."""
REPLIES = "integration.test_signed_replies"
_SIGNED = "integration.test_signed_faults"
SIGNED_IN = by(
    f"{_SIGNED}:test_no_fault_of_a_signed_message_in_any_order_counts_or_holds_anybody_and_the_good_one_counts_once",
)
SPOKEN: Row = {
    Fault.REFUSE: Never("nobody is asked: whoever has something to say comes by himself"),
    **dict.fromkeys(
        (
            *(Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.DRIP, Fault.GARBAGE, Fault.ENCODING, Fault.BUSINESS),
            *(Fault.EXPIRED, Fault.SKEW, Fault.DUPLICATE, Fault.OVERSIZED, Fault.UNSIGNED),
        ),
        SIGNED_IN,
    ),
    Fault.SECONDS: Never("nobody is asked: whoever has something to say comes by himself"),
    Fault.DATE: Never("nobody is asked: whoever has something to say comes by himself"),
    Fault.DISORDER: SIGNED_IN,
}
"""Hearing what the other side's own system sends us, signed after Standard Webhooks: answers, reports of pushes, results of visits."""
BROKER = "integration.test_mqtt"
MQTT: Row = {
    Fault.REFUSE: by(f"{BROKER}:TestMqtt.{AT_ALL}"),
    **dict.fromkeys(
        (Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.GARBAGE, Fault.BUSINESS, Fault.DISORDER, Fault.OVERSIZED),
        by(f"{BROKER}:test_a_broker_that_is_none_refuses_nothing_and_holds_nobody"),
    ),
    Fault.DRIP: by(
        f"{BROKER}:test_one_that_trickles_is_left_when_the_time_is_used_up_and_a_lost_acknowledgement_is_asked_for_anew"
    ),
    Fault.ENCODING: Never("an acknowledgement is bytes and a number, without text that is read"),
    Fault.SECONDS: Never(NO_TIME),
    Fault.DATE: Never(NO_TIME),
    Fault.EXPIRED: by(f"{BROKER}:test_whom_the_broker_does_not_know_or_let_write_nothing_leaves_and_a_person_is_told"),
    Fault.SKEW: Never("no step of MQTT depends on a clock"),
    Fault.DUPLICATE: by(f"{BROKER}:test_a_push_is_one_message_on_one_inspectors_topic_and_a_phone_that_was_away_gets_it"),
    Fault.UNSIGNED: by(
        f"{BROKER}:test_whom_the_broker_does_not_know_or_let_write_nothing_leaves_and_a_person_is_told",
        f"{BROKER}:test_over_tls_only_a_broker_that_is_believed_is_told_anything",
    ),
}
ANYTHING = "integration.test_apprise"
HELD = by(f"{ANYTHING}:test_a_service_that_is_none_holds_nobody_and_is_asked_once")
UNHEARD = Never("the library tells success or failure and nothing else: whatever else was said is heard by nobody")
APPRISE: Row = {
    Fault.REFUSE: by(f"{ANYTHING}:TestApprise.{AT_ALL}"),
    **dict.fromkeys((Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.DRIP, Fault.GARBAGE, Fault.EXPIRED, Fault.OVERSIZED), HELD),
    Fault.BUSINESS: by(
        f"{ANYTHING}:test_what_the_library_calls_sent_is_a_receipt_that_confirms_nothing_whatever_stands_in_the_200",
        "integration.test_unconfirmed:test_nobodys_silence_counts_and_a_person_is_told_by_the_date_where_there_is_no_other_way",
    ),
    **dict.fromkeys((Fault.ENCODING, Fault.SECONDS, Fault.DATE, Fault.SKEW, Fault.DUPLICATE, Fault.DISORDER), UNHEARD),
    Fault.UNSIGNED: Never(
        "which proof a service wants is between it and the library; what is let in confirms nothing all the same"
    ),
}
MESSENGERS = {
    "wecom": "TestWeCom",
    "wecom-robot": "TestWeComRobot",
    "dingtalk": "TestDingTalk",
    "dingtalk-robot": "TestDingTalkRobot",
    "feishu": "TestFeishu",
    "feishu-robot": "TestFeishuRobot",
}
ROBOTS = by(
    "integration.test_messengers:test_a_robot_that_is_wrongly_shown_or_signed_shows_nothing_and_a_person_is_told",
    "integration.test_messengers:test_a_token_ends_before_its_time_is_over_and_a_wrong_secret_bars_whoever_is_written_to",
    "integration.test_messengers:test_the_platforms_of_these_tests_sign_as_the_openssl_program_does",
)
CARRIERS = by("integration.test_carriers:test_what_is_wrongly_signed_is_not_sent_and_a_dead_number_hinders_nobody_else")
PUSHED = by("integration.test_webpush:test_the_rfcs_own_vectors_are_what_we_make_and_what_the_service_of_these_tests_reads")
LEVELS = (
    "integration.test_levels:test_no_fault_of_deliveries_in_any_order_is_a_level_of_anybody",
    "integration.test_levels:test_a_platform_that_delivers_nothing_takes_nobody_s_level_away",
)


def pushes(suite: str, unsigned: By) -> Kind:
    """A channel that says in its body what came of a push."""
    business = by(f"{suite}.test_what_the_platform_says_in_its_body_becomes_what_it_is")
    return Kind(suite=suite, row={**HTTP, Fault.BUSINESS: business, Fault.UNSIGNED: unsigned})
