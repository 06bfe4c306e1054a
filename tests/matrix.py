"""What may go wrong with each kind of connector, and which test holds what becomes of it, or why it cannot happen there.

`tests/integration/test_matrix.py` sees to it that every kind has a cell for every fault and that each test named here exists; the
reference page shows it (`tests.generate_docs`).
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.cells import By, Fault, Kind, Never, Played, Row, by

_AT_ALL = "test_a_silent_party_is_unavailable_and_the_error_tells_no_secrets"

HTTP: Row = {
    Fault.REFUSE: Played((), _AT_ALL),
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
_UNHEEDED: Row = {
    **HTTP,
    Fault.BUSINESS: Never("any 2xx is a receipt: the body means nothing there (Standard Webhooks; a beat)"),
}
_OIDC = "integration.test_signin_oidc"
_FRONT, _PG = "integration.test_frontend", "integration.test_frontend_postgres"
_FILES, _INDEX, _SFTP, _MAIL = (
    "integration.test_deliveries",
    "integration.test_delivery_index",
    "integration.test_sftp",
    "integration.test_mail",
)
_ROWS = (
    "rows have no envelope that could call itself well; words of an outage in the agreed column are no value (unit.test_value:"
    "test_no_words_of_an_outage_are_a_value_of_any_fact_whatever_was_promised)"
)
_STATED = "integration.test_statements"
_NO_TIME = "the protocol names no time to come back at; busy is later by our own waits"
_GATEWAY, _SECRET = "integration.test_gateway", "integration.test_gateway_secret"

_DELIVERED: Row = {
    Fault.REFUSE: by(f"{_INDEX}:test_a_folder_that_is_not_there_or_shut_is_no_answer_and_the_last_delivery_still_is"),
    Fault.HANG: by(
        f"{_INDEX}:test_questions_are_answered_from_the_one_before_while_a_delivery_is_read",
        f"{_INDEX}:test_a_first_delivery_that_takes_long_is_no_outage",
    ),
    Fault.RESET: Never("a folder has no connection; what cannot be read to its end is not whole"),
    Fault.TRUNCATE: by(f"{_FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.DRIP: by(
        f"{_FILES}:test_a_file_without_its_manifest_is_not_there_yet",
        f"{_FILES}:test_a_file_that_changes_while_it_is_read_is_read_again",
    ),
    Fault.GARBAGE: by(f"{_FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.ENCODING: by(f"{_FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.SECONDS: Never("nobody is asked: whoever delivers comes by himself"),
    Fault.DATE: Never("nobody is asked: whoever delivers comes by himself"),
    Fault.BUSINESS: Never(_ROWS),
    Fault.EXPIRED: Never("a folder of this machine is opened by its rights, which do not expire"),
    Fault.SKEW: by(
        f"{_FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays",
        "unit.test_evidence:test_data_dated_in_the_future_decide_nothing_but_clocks_may_differ_a_little",
    ),
    Fault.DUPLICATE: by(f"{_FILES}:test_rows_that_contradict_each_other_are_told_and_only_questions_about_them_suffer"),
    Fault.DISORDER: by(f"{_FILES}:test_the_newest_date_counts_in_whatever_order_they_come"),
    Fault.OVERSIZED: by(f"{_FILES}:test_a_delivery_that_is_longer_than_the_settings_let_it_be_is_not_read"),
    Fault.UNSIGNED: by(f"{_INDEX}:test_a_folder_that_we_may_not_read_tells_a_person"),
}
_FETCHED: Row = {
    **dict.fromkeys(
        (Fault.REFUSE, Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.DRIP, Fault.GARBAGE),
        by(f"{_SFTP}:test_each_fault_ends_in_time_and_says_nothing_about_anybody"),
    ),
    Fault.ENCODING: by(f"{_FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.SECONDS: Never(_NO_TIME),
    Fault.DATE: Never(_NO_TIME),
    Fault.BUSINESS: Never(_ROWS),
    Fault.EXPIRED: by(f"{_SFTP}:test_whoever_is_not_whom_we_know_is_told_nothing_and_a_wrong_password_is_ours"),
    Fault.SKEW: by(f"{_FILES}:test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays"),
    Fault.DUPLICATE: by(f"{_SFTP}:test_what_was_fetched_is_fetched_once_and_goes_when_the_other_side_clears_it_away"),
    Fault.DISORDER: by(
        f"{_SFTP}:test_a_file_that_still_grows_or_changes_under_way_is_left_for_the_next_look",
        f"{_FILES}:test_the_newest_date_counts_in_whatever_order_they_come",
    ),
    Fault.OVERSIZED: by(f"{_SFTP}:test_half_a_delivery_or_one_that_is_too_long_is_not_used_and_is_told"),
    Fault.UNSIGNED: by(
        f"{_SFTP}:test_whoever_is_not_whom_we_know_is_told_nothing_and_a_wrong_password_is_ours",
        f"{_SFTP}:test_openssh_reads_from_the_server_of_these_tests_what_we_read",
    ),
}
_SMTP: Row = {
    Fault.REFUSE: by(f"{_MAIL}:TestEmail.{_AT_ALL}"),
    **dict.fromkeys(
        (Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.GARBAGE, Fault.ENCODING, Fault.DISORDER, Fault.OVERSIZED),
        by(f"{_MAIL}:test_a_server_that_is_none_refuses_nothing_and_holds_nobody"),
    ),
    Fault.DRIP: by(f"{_MAIL}:test_one_that_trickles_is_left_when_the_time_is_used_up"),
    Fault.SECONDS: Never("SMTP names no time to come back at; 4xx is later by our own waits"),
    Fault.DATE: Never("SMTP names no time to come back at; 4xx is later by our own waits"),
    Fault.BUSINESS: Never(
        "a 250 to the letter is the server's word that it has it, whatever text is behind it (RFC 5321, 4.2.5)"
    ),
    Fault.EXPIRED: by(f"{_MAIL}:test_without_tls_or_by_a_wrong_password_nothing_leaves_and_a_person_is_told"),
    Fault.SKEW: Never("no step of SMTP depends on a clock"),
    Fault.DUPLICATE: by(f"{_MAIL}:TestEmail.test_the_same_call_with_the_same_key_succeeds_again"),
    Fault.UNSIGNED: by(f"{_MAIL}:test_without_tls_or_by_a_wrong_password_nothing_leaves_and_a_person_is_told"),
}
_BROKER = "integration.test_mqtt"
_MQTT: Row = {
    Fault.REFUSE: by(f"{_BROKER}:TestMqtt.{_AT_ALL}"),
    **dict.fromkeys(
        (Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.GARBAGE, Fault.BUSINESS, Fault.DISORDER, Fault.OVERSIZED),
        by(f"{_BROKER}:test_a_broker_that_is_none_refuses_nothing_and_holds_nobody"),
    ),
    Fault.DRIP: by(
        f"{_BROKER}:test_one_that_trickles_is_left_when_the_time_is_used_up_and_a_lost_acknowledgement_is_asked_for_anew"
    ),
    Fault.ENCODING: Never("an acknowledgement is bytes and a number, without text that is read"),
    Fault.SECONDS: Never(_NO_TIME),
    Fault.DATE: Never(_NO_TIME),
    Fault.EXPIRED: by(f"{_BROKER}:test_whom_the_broker_does_not_know_or_let_write_nothing_leaves_and_a_person_is_told"),
    Fault.SKEW: Never("no step of MQTT depends on a clock"),
    Fault.DUPLICATE: by(f"{_BROKER}:test_a_push_is_one_message_on_one_inspectors_topic_and_a_phone_that_was_away_gets_it"),
    Fault.UNSIGNED: by(
        f"{_BROKER}:test_whom_the_broker_does_not_know_or_let_write_nothing_leaves_and_a_person_is_told",
        f"{_BROKER}:test_over_tls_only_a_broker_that_is_believed_is_told_anything",
    ),
}
_ANYTHING = "integration.test_apprise"
_HELD = by(f"{_ANYTHING}:test_a_service_that_is_none_holds_nobody_and_is_asked_once")
_UNHEARD = Never("the library tells success or failure and nothing else: whatever else was said is heard by nobody")
_APPRISE: Row = {
    Fault.REFUSE: by(f"{_ANYTHING}:TestApprise.{_AT_ALL}"),
    **dict.fromkeys((Fault.HANG, Fault.RESET, Fault.TRUNCATE, Fault.DRIP, Fault.GARBAGE, Fault.EXPIRED), _HELD),
    Fault.BUSINESS: by(
        f"{_ANYTHING}:test_what_the_library_calls_sent_is_a_receipt_that_confirms_nothing_whatever_stands_in_the_200",
        "integration.test_unconfirmed:test_nobodys_silence_counts_and_a_person_is_told_by_the_date_where_there_is_no_other_way",
    ),
    **dict.fromkeys(
        (Fault.ENCODING, Fault.SECONDS, Fault.DATE, Fault.SKEW, Fault.DUPLICATE, Fault.DISORDER, Fault.OVERSIZED), _UNHEARD
    ),
    Fault.UNSIGNED: Never(
        "which proof a service wants is between it and the library; what is let in confirms nothing all the same"
    ),
}
_MESSENGERS = {
    "wecom": "TestWeCom",
    "wecom-robot": "TestWeComRobot",
    "dingtalk": "TestDingTalk",
    "dingtalk-robot": "TestDingTalkRobot",
    "feishu": "TestFeishu",
    "feishu-robot": "TestFeishuRobot",
}
_ROBOTS = by(
    "integration.test_messengers:test_a_robot_that_is_wrongly_shown_or_signed_shows_nothing_and_a_person_is_told",
    "integration.test_messengers:test_a_token_ends_before_its_time_is_over_and_a_wrong_secret_bars_whoever_is_written_to",
    "integration.test_messengers:test_the_platforms_of_these_tests_sign_as_the_openssl_program_does",
)
_CARRIERS = by("integration.test_carriers:test_what_is_wrongly_signed_is_not_sent_and_a_dead_number_hinders_nobody_else")
_PUSHED = by("integration.test_webpush:test_the_rfcs_own_vectors_are_what_we_make_and_what_the_service_of_these_tests_reads")
_LEVELS = ("integration.test_levels:test_a_platform_that_delivers_nothing_takes_nobody_s_level_away",)


def _pushes(suite: str, unsigned: By) -> Kind:
    """A channel that says in its body what came of a push."""
    business = by(f"{suite}.test_what_the_platform_says_in_its_body_becomes_what_it_is")
    return Kind(suite=suite, row={**HTTP, Fault.BUSINESS: business, Fault.UNSIGNED: unsigned})


KINDS: Mapping[str, Kind] = {
    "sources.http": Kind(
        suite="integration.test_connectors:TestSource",
        more=ANY_HTTP,
        row={
            **HTTP,
            Fault.BUSINESS: by(
                "integration.test_sources:test_a_200_with_an_error_code_is_the_error_it_names",
                "integration.test_connectors:TestSource.test_a_fault_of_the_other_side_becomes_what_it_is",
            ),
            Fault.UNSIGNED: by(
                *BEARER.tests,
                "unit.test_message:test_a_server_that_checks_takes_each_try_and_none_that_another_key_has_signed",
                "unit.test_message:test_the_examples_of_the_rfc_come_out_as_they_stand_there",
                "unit.test_message:test_the_openssl_program_takes_what_each_algorithm_signs",
            ),
        },
    ),
    "sources.gateway": Kind(
        suite=f"{_GATEWAY}:TestGateway",
        more=("property.test_gateway_faults:test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch",),
        row={
            **HTTP,
            Fault.BUSINESS: by(f"{_GATEWAY}:test_a_business_code_in_a_200_is_permanent_passing_or_not_understood"),
            Fault.EXPIRED: by(
                f"{_SECRET}:test_a_spent_secret_is_renewed_once_and_the_question_asked_once_more",
                f"{_SECRET}:test_a_platform_that_takes_no_secret_is_asked_for_one_only_once_a_call",
                f"{_SECRET}:test_a_401_means_so_too",
            ),
            Fault.SKEW: by(
                f"{_SECRET}:test_a_clock_far_from_ours_is_told_with_the_answer_and_changes_nothing_in_it",
                f"{_SECRET}:test_who_is_refused_for_a_wrong_clock_says_so_in_words",
            ),
            Fault.DUPLICATE: by(
                f"{_GATEWAY}:TestGateway.test_an_answer_given_twice_answers_no_later_question",
                f"{_GATEWAY}:test_what_was_taken_once_is_taken_for_a_replay_when_it_comes_again",
            ),
            Fault.UNSIGNED: by(
                f"{_GATEWAY}:test_who_signs_otherwise_than_agreed_is_let_in_nowhere_and_a_person_is_told",
                f"{_GATEWAY}:test_the_platform_of_these_tests_signs_as_the_openssl_program_does",
            ),
        },
    ),
    "sources.soap": Kind(
        suite="integration.test_soap:TestSoap",
        more=("property.test_soap_faults:test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch",),
        row={
            **HTTP,
            Fault.GARBAGE: by(
                "integration.test_soap:test_odd_xml_is_garbled_and_fetches_nothing",
                "integration.test_soap:TestSoap.test_a_fault_of_the_other_side_becomes_what_it_is",
            ),
            Fault.BUSINESS: by(
                "integration.test_soap:test_a_code_in_a_200_speaks_before_any_value",
                "integration.test_soap:test_a_fault_is_later_never_or_shut_by_its_code",
            ),
            Fault.UNSIGNED: by(
                "integration.test_soap:test_a_question_is_signed_where_the_service_wants_it_and_refused_without",
                "integration.test_soap:test_an_account_is_shown_by_a_username_token",
                "integration.test_soap:test_the_digest_of_a_token_is_what_the_openssl_program_makes",
            ),
        },
    ),
    "sources.xroad": Kind(
        suite="integration.test_xroad:TestXroad",
        more=ANY_HTTP,
        row={
            **HTTP,
            Fault.BUSINESS: by("integration.test_xroad:test_an_error_of_a_security_server_is_no_answer"),
            Fault.DISORDER: by(
                "integration.test_xroad:TestXroad.test_an_answer_that_comes_too_late_answers_no_later_question",
                "integration.test_xroad:test_the_services_own_error_and_an_answer_to_another_message_are_told_apart",
            ),
            Fault.UNSIGNED: by(
                "integration.test_xroad:test_an_error_of_a_security_server_is_no_answer",
                "integration.test_xroad:test_a_security_server_may_want_to_see_our_certificate",
            ),
        },
    ),
    "sources.results": Kind(suite="integration.test_reuse:TestResults", more=ANY_HTTP, row={**HTTP, Fault.UNSIGNED: BEARER}),
    "sources.database": Kind(
        suite=f"{_FRONT}:TestDatabaseSource",
        wire=False,
        more=(
            f"{_FRONT}:test_nothing_that_is_wrong_with_a_file_in_any_order_is_evidence",
            f"{_PG}:test_nothing_that_is_wrong_with_it_in_any_order_is_evidence",
            f"{_PG}:test_a_wire_that_hangs_drips_cuts_resets_truncates_or_garbles_says_nothing_in_any_order",
        ),
        row={
            Fault.REFUSE: by(
                f"{_FRONT}:TestDatabaseSource.{_AT_ALL}",
                f"{_FRONT}:test_a_file_that_is_not_there_is_not_made_and_one_that_is_replaced_is_read_anew",
            ),
            Fault.HANG: by(
                f"{_PG}:test_a_server_that_takes_the_connection_and_is_silent_ends_in_time",
                f"{_FRONT}:test_a_register_that_others_hold_locked_is_busy_and_soon_said_to_be",
                f"{_FRONT}:test_what_never_ends_is_ended_by_the_clock",
            ),
            **dict.fromkeys(
                (Fault.RESET, Fault.TRUNCATE, Fault.DRIP),
                by(f"{_PG}:test_a_wire_that_hangs_drips_cuts_resets_truncates_or_garbles_says_nothing_in_any_order"),
            ),
            Fault.GARBAGE: by(
                f"{_PG}:test_a_wire_that_is_bad_from_the_beginning_says_nothing",
                f"{_FRONT}:test_a_damaged_file_and_text_in_another_encoding_say_nothing",
            ),
            Fault.ENCODING: by(
                f"{_PG}:test_letters_that_are_not_what_the_database_says_they_are_are_garbled",
                f"{_FRONT}:test_a_damaged_file_and_text_in_another_encoding_say_nothing",
            ),
            Fault.SECONDS: Never(_NO_TIME),
            Fault.DATE: Never(_NO_TIME),
            Fault.BUSINESS: Never(_ROWS),
            Fault.EXPIRED: by(
                f"{_PG}:test_the_password_of_the_file_is_told_to_the_server_alone_and_what_it_answers_is_understood",
                "integration.test_kept:test_a_new_connection_to_a_database_is_made_by_the_password_of_its_moment",
            ),
            Fault.SKEW: by("unit.test_evidence:test_data_dated_in_the_future_decide_nothing_but_clocks_may_differ_a_little"),
            Fault.DUPLICATE: by(
                f"{_FRONT}:test_rows_of_one_code_that_say_different_things_are_told_to_a_person_and_alike_ones_are_one"
            ),
            Fault.DISORDER: by(
                f"{_FRONT}:test_many_threads_share_few_connections",
                f"{_FRONT}:test_a_row_of_another_code_is_the_answer_to_another_question",
            ),
            Fault.OVERSIZED: by(
                f"{_FRONT}:test_more_rows_than_anybody_needs_are_not_read_to_their_end",
                f"{_FRONT}:test_a_value_is_told_as_it_is_written_and_what_would_change_on_the_way_is_not_told",
            ),
            Fault.UNSIGNED: by(f"{_PG}:test_an_account_that_may_not_read_is_not_let_in_and_one_that_may_reads_and_cannot_write"),
        },
    ),
    "sources.files": Kind(
        suite=f"{_FILES}:TestFilesSource",
        wire=False,
        more=(f"{_INDEX}:test_no_fault_in_any_order_is_a_match_or_a_mismatch",),
        row=_DELIVERED,
    ),
    "sources.sftp": Kind(
        suite=f"{_SFTP}:TestSftpSource",
        wire=False,
        more=(f"{_SFTP}:test_no_fault_in_any_order_is_a_match_or_a_mismatch_and_the_last_good_delivery_stays",),
        row=_FETCHED,
    ),
    "agencies.http": Kind(
        suite="integration.test_connectors:TestAgency",
        more=(
            *NO_BELIEF,
            "integration.test_signed_replies:test_only_what_is_whole_fresh_and_signed_with_one_of_our_secrets_is_believed",
            "integration.test_signed_replies:test_a_letter_leaves_signed_and_each_signed_answer_counts_once",
        ),
        row={**HTTP, Fault.UNSIGNED: WEBHOOK},
    ),
    "agencies.email": Kind(
        suite=f"{_MAIL}:TestEmail",
        wire=False,
        more=(
            "integration.test_mail_of_strangers:test_a_mail_costs_no_more_than_its_bytes",
            "integration.test_mail_of_strangers:test_a_mail_that_cannot_be_read_is_put_aside_once_and_the_one_behind_it_is_taken",
            "integration.test_mail_of_strangers:test_of_two_daemons_with_the_same_mail_the_second_knows_that_it_was_taken",
            "integration.test_mailbox:test_a_box_that_is_away_keeps_nobody_waiting",
            "integration.test_mailbox:test_a_mail_is_read_in_the_charset_and_form_that_programs_write",
        ),
        row=_SMTP,
    ),
    "agencies.paper": Kind(
        suite="integration.test_paper_letter:TestPaper",
        wire=False,
        row={
            Fault.REFUSE: by("integration.test_paper_letter:test_a_folder_that_is_away_is_later_and_one_that_is_shut_bars"),
            Fault.DUPLICATE: by("integration.test_paper_letter:test_a_letter_lies_there_once_whole_and_for_whoever_posts_it"),
            **dict.fromkeys(
                [one for one in Fault if one not in (Fault.REFUSE, Fault.DUPLICATE)],
                Never("a page is laid into a folder of this machine: nobody answers, and people carry it on"),
            ),
        },
    ),
    **{f"channels.{name}": _pushes(f"integration.test_messengers:{suite}", _ROBOTS) for name, suite in _MESSENGERS.items()},
    "channels.mqtt": Kind(suite=f"{_BROKER}:TestMqtt", wire=False, row=_MQTT),
    "channels.apprise": Kind(suite=f"{_ANYTHING}:TestApprise", wire=False, row=_APPRISE),
    "channels.sms": _pushes("integration.test_carriers:TestSms", _CARRIERS),
    "channels.supervision": _pushes("integration.test_carriers:TestSupervision", _CARRIERS),
    "channels.webpush": Kind(suite="integration.test_webpush:TestWebPush", row={**_UNHEEDED, Fault.UNSIGNED: _PUSHED}),
    "channels.email": Kind(suite="integration.test_mail_pushes:TestEmail", wire=False, row=_SMTP),
    "channels.webhook": Kind(
        suite="integration.test_connectors:TestChannel",
        more=(
            "integration.test_push_receipts:test_reports_that_the_gateway_has_signed_bring_a_seat_further_once_and_others_are_not_heard",
            "integration.test_pushes:test_a_report_of_what_nobody_has_sent_changes_nothing",
        ),
        row={**_UNHEEDED, Fault.UNSIGNED: WEBHOOK},
    ),
    "callbacks.webhook": Kind(suite="integration.test_connectors:TestCallback", row={**_UNHEEDED, Fault.UNSIGNED: WEBHOOK}),
    "credit.files": Kind(suite=f"{_FILES}:TestFilesSource", wire=False, more=_LEVELS, row=_DELIVERED),
    "credit.sftp": Kind(suite=f"{_SFTP}:TestSftpSource", wire=False, more=_LEVELS, row=_FETCHED),
    "credit.http": Kind(
        suite="integration.test_connectors:TestCredit",
        more=(
            *NO_BELIEF,
            f"{_STATED}:test_what_is_not_proven_to_be_whole_is_no_statement",
            f"{_STATED}:test_no_fault_of_the_wire_is_a_statement",
            f"{_STATED}:test_a_file_that_is_cut_off_uncounted_or_not_as_agreed_is_none_and_no_older_one_stands_in_for_it",
            f"{_STATED}:test_an_old_file_that_is_broken_for_ever_is_passed_over_once_a_newer_good_one_has_come",
            "integration.test_books:test_an_outage_garbage_or_a_statement_that_is_cut_off_never_counts_as_missing",
        ),
        row={
            **HTTP,
            Fault.UNSIGNED: by(
                *BEARER.tests,
                f"{_STATED}:test_the_stub_takes_nothing_that_is_unsigned_altered_or_sent_twice",
                "integration.test_books:test_whoever_signs_with_another_key_is_not_let_in_and_nothing_is_concluded",
            ),
        },
    ),
    "witnesses.http": Kind(suite="integration.test_connectors:TestWitness", more=NO_BELIEF, row={**HTTP, Fault.UNSIGNED: BEARER}),
    "pulses.http": Kind(suite="integration.test_connectors:TestPulse", row={**_UNHEEDED, Fault.UNSIGNED: BEARER}),
    "identity.oidc": Kind(
        suite="integration.test_signin_wire:TestOidc",
        wire=False,
        row={
            **dict.fromkeys(
                Fault, by("integration.test_signin_wire:test_whatever_a_provider_does_lets_nobody_in_and_holds_nobody")
            ),
            Fault.SKEW: by(f"{_OIDC}:test_a_proof_for_another_house_browser_or_time_is_none"),
            Fault.DUPLICATE: by(f"{_OIDC}:test_only_the_browser_that_went_comes_back_and_only_once"),
            Fault.DISORDER: by(f"{_OIDC}:test_a_going_that_has_signed_in_signs_nobody_in_again_though_the_provider_would"),
            Fault.UNSIGNED: by(f"{_OIDC}:test_a_proof_counts_by_the_providers_own_signature_alone_and_new_keys_are_taken_up"),
        },
    ),
    "seeds.reveal": Kind(suite="integration.test_connectors:TestReveal", more=NO_BELIEF, row={**HTTP, Fault.UNSIGNED: BEARER}),
    "seeds.drand": Kind(
        suite="integration.test_beacon_seeds:TestDrand",
        more=NO_BELIEF,
        row={
            **HTTP,
            Fault.UNSIGNED: by(
                "integration.test_beacon_seeds:test_a_relay_that_fails_lies_or_is_behind_is_passed_over",
                "integration.test_beacon_seeds:test_a_drand_connector_promises_its_pinned_chain_and_fetches_the_round_by_it",
            ),
        },
    ),
    "seeds.nist": Kind(
        suite="integration.test_beacon_seeds:TestNist",
        more=NO_BELIEF,
        row={
            **HTTP,
            Fault.UNSIGNED: by(
                "integration.test_beacon_seeds:test_the_next_closest_pulse_is_not_the_promised_one",
                "unit.test_beacon:test_no_field_of_a_pulse_can_be_changed",
                "unit.test_beacon:test_only_a_chain_that_leads_to_the_authority_at_the_pulses_time_is_believed",
            ),
        },
    ),
    "seeds.ceremony": Kind(
        suite="integration.test_connectors:TestCeremony",
        wire=False,
        row=dict.fromkeys(Fault, Never("it has no wire: two persons type what was thrown, and both must have typed the same")),
    ),
}
"""Every kind that comes with the house."""
