"""What may go wrong with each kind of connector, and which test holds what becomes of it, or why it cannot happen there.

`tests/integration/test_matrix.py` sees to it that every kind has a cell for every fault and that each test named here exists; the
reference page shows it (`tests.generate_docs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.cells import Fault, Kind, Never, by
from tests.faultrows import (
    ANY_HTTP,
    ANY_MAIL,
    ANYTHING,
    APPRISE,
    AT_ALL,
    BEARER,
    BOX,
    BROKER,
    CARRIERS,
    DELIVERED,
    FETCHED,
    FILES,
    FRONT,
    GATEWAY,
    HTTP,
    INDEX,
    LEVELS,
    MAIL,
    MESSENGERS,
    MQTT,
    NO_BELIEF,
    NO_TIME,
    OIDC,
    PG,
    PUSHED,
    REPLIES,
    ROBOTS,
    ROWS,
    SECRET,
    SFTP,
    SMTP,
    SPOKEN,
    STATED,
    UNHEEDED,
    WEBHOOK,
    pushes,
)

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
        suite=f"{GATEWAY}:TestGateway",
        more=("property.test_gateway_faults:test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch",),
        row={
            **HTTP,
            Fault.BUSINESS: by(f"{GATEWAY}:test_a_business_code_in_a_200_is_permanent_passing_or_not_understood"),
            Fault.EXPIRED: by(
                f"{SECRET}:test_a_spent_secret_is_renewed_once_and_the_question_asked_once_more",
                f"{SECRET}:test_a_platform_that_takes_no_secret_is_asked_for_one_only_once_a_call",
                f"{SECRET}:test_a_401_means_so_too",
            ),
            Fault.SKEW: by(
                f"{SECRET}:test_a_clock_far_from_ours_is_told_with_the_answer_and_changes_nothing_in_it",
                f"{SECRET}:test_who_is_refused_for_a_wrong_clock_says_so_in_words",
            ),
            Fault.DUPLICATE: by(
                f"{GATEWAY}:TestGateway.test_an_answer_given_twice_answers_no_later_question",
                f"{GATEWAY}:test_what_was_taken_once_is_taken_for_a_replay_when_it_comes_again",
            ),
            Fault.UNSIGNED: by(
                f"{GATEWAY}:test_who_signs_otherwise_than_agreed_is_let_in_nowhere_and_a_person_is_told",
                f"{GATEWAY}:test_the_platform_of_these_tests_signs_as_the_openssl_program_does",
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
                "integration.test_xroad:test_an_answer_to_another_message_or_without_the_marks_of_a_security_server_is_garbled",
            ),
            Fault.UNSIGNED: by(
                "integration.test_xroad:test_an_error_of_a_security_server_is_no_answer",
                "integration.test_xroad:test_a_security_server_may_want_to_see_our_certificate",
            ),
        },
    ),
    "sources.results": Kind(suite="integration.test_reuse:TestResults", more=ANY_HTTP, row={**HTTP, Fault.UNSIGNED: BEARER}),
    "sources.database": Kind(
        suite=f"{FRONT}:TestDatabaseSource",
        wire=False,
        more=(
            f"{FRONT}:test_nothing_that_is_wrong_with_a_file_in_any_order_is_evidence",
            f"{PG}:test_nothing_that_is_wrong_with_it_in_any_order_is_evidence",
            f"{PG}:test_a_wire_that_hangs_drips_cuts_resets_truncates_or_garbles_says_nothing_in_any_order",
        ),
        row={
            Fault.REFUSE: by(
                f"{FRONT}:TestDatabaseSource.{AT_ALL}",
                f"{FRONT}:test_a_file_that_is_not_there_is_not_made_and_one_that_is_replaced_is_read_anew",
            ),
            Fault.HANG: by(
                f"{PG}:test_a_server_that_takes_the_connection_and_is_silent_ends_in_time",
                f"{FRONT}:test_a_register_that_others_hold_locked_is_busy_and_soon_said_to_be",
                f"{FRONT}:test_what_never_ends_is_ended_by_the_clock",
            ),
            **dict.fromkeys(
                (Fault.RESET, Fault.TRUNCATE, Fault.DRIP),
                by(f"{PG}:test_a_wire_that_hangs_drips_cuts_resets_truncates_or_garbles_says_nothing_in_any_order"),
            ),
            Fault.GARBAGE: by(
                f"{PG}:test_a_wire_that_is_bad_from_the_beginning_says_nothing",
                f"{FRONT}:test_a_damaged_file_and_text_in_another_encoding_say_nothing",
            ),
            Fault.ENCODING: by(
                f"{PG}:test_letters_that_are_not_what_the_database_says_they_are_are_garbled",
                f"{FRONT}:test_a_damaged_file_and_text_in_another_encoding_say_nothing",
            ),
            Fault.SECONDS: Never(NO_TIME),
            Fault.DATE: Never(NO_TIME),
            Fault.BUSINESS: Never(ROWS),
            Fault.EXPIRED: by(
                f"{PG}:test_the_password_of_the_file_is_told_to_the_server_alone_and_what_it_answers_is_understood",
                "integration.test_kept:test_a_new_connection_to_a_database_is_made_by_the_password_of_its_moment",
            ),
            Fault.SKEW: by("unit.test_evidence:test_data_dated_in_the_future_decide_nothing_but_clocks_may_differ_a_little"),
            Fault.DUPLICATE: by(
                f"{FRONT}:test_rows_of_one_code_that_say_different_things_are_told_to_a_person_and_alike_ones_are_one"
            ),
            Fault.DISORDER: by(
                f"{FRONT}:test_many_threads_share_few_connections",
                f"{FRONT}:test_a_row_of_another_code_is_the_answer_to_another_question",
            ),
            Fault.OVERSIZED: by(
                "integration.test_front_bounds:test_more_rows_than_anybody_needs_are_not_read_to_their_end",
                f"{FRONT}:test_a_value_is_told_as_it_is_written_and_what_would_change_on_the_way_is_not_told",
            ),
            Fault.UNSIGNED: by(f"{PG}:test_an_account_that_may_not_read_is_not_let_in_and_one_that_may_reads_and_cannot_write"),
        },
    ),
    "sources.files": Kind(
        suite=f"{FILES}:TestFilesSource",
        wire=False,
        more=(f"{INDEX}:test_no_fault_in_any_order_is_a_match_or_a_mismatch",),
        row=DELIVERED,
    ),
    "sources.sftp": Kind(
        suite=f"{SFTP}:TestSftpSource",
        wire=False,
        more=(f"{SFTP}:test_no_fault_in_any_order_is_a_match_or_a_mismatch_and_the_last_good_delivery_stays",),
        row=FETCHED,
    ),
    "agencies.http": Kind(
        suite="integration.test_connectors:TestAgency",
        more=(
            *NO_BELIEF,
            f"{REPLIES}:test_only_what_is_whole_fresh_and_signed_with_one_of_our_secrets_is_believed",
            f"{REPLIES}:test_a_letter_leaves_signed_and_each_signed_answer_counts_once",
        ),
        row={**HTTP, Fault.UNSIGNED: WEBHOOK},
        reads={**SPOKEN, Fault.DISORDER: by(f"{REPLIES}:test_a_letter_leaves_signed_and_each_signed_answer_counts_once")},
    ),
    "agencies.email": Kind(
        suite=f"{MAIL}:TestEmail",
        wire=False,
        more=(
            *ANY_MAIL,
            "integration.test_mail_of_strangers:test_a_mail_that_cannot_be_read_is_put_aside_once_and_the_one_behind_it_is_taken",
            "integration.test_mail_of_strangers:test_of_two_daemons_with_the_same_mail_the_second_knows_that_it_was_taken",
        ),
        row=SMTP,
        reads=BOX,
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
    **{f"channels.{name}": pushes(f"integration.test_messengers:{suite}", ROBOTS) for name, suite in MESSENGERS.items()},
    "channels.mqtt": Kind(suite=f"{BROKER}:TestMqtt", wire=False, row=MQTT),
    "channels.apprise": Kind(suite=f"{ANYTHING}:TestApprise", wire=False, row=APPRISE),
    "channels.sms": pushes("integration.test_carriers:TestSms", CARRIERS),
    "channels.supervision": replace(pushes("integration.test_carriers:TestSupervision", CARRIERS), reads=SPOKEN),
    "channels.webpush": Kind(suite="integration.test_webpush:TestWebPush", row={**UNHEEDED, Fault.UNSIGNED: PUSHED}),
    "channels.email": Kind(suite="integration.test_mail_pushes:TestEmail", wire=False, row=SMTP),
    "channels.webhook": Kind(
        suite="integration.test_connectors:TestChannel",
        more=(
            "integration.test_push_receipts:test_reports_that_the_gateway_has_signed_bring_a_seat_further_once_and_others_are_not_heard",
            "integration.test_pushes:test_a_report_of_what_nobody_has_sent_changes_nothing",
        ),
        row={**UNHEEDED, Fault.UNSIGNED: WEBHOOK},
        reads=SPOKEN,
    ),
    "callbacks.webhook": Kind(suite="integration.test_connectors:TestCallback", row={**UNHEEDED, Fault.UNSIGNED: WEBHOOK}),
    "credit.files": Kind(suite=f"{FILES}:TestFilesSource", wire=False, more=LEVELS, row=DELIVERED),
    "credit.sftp": Kind(
        suite=f"{SFTP}:TestSftpSource",
        wire=False,
        more=(*LEVELS, f"{SFTP}:test_no_fault_in_any_order_is_a_match_or_a_mismatch_and_the_last_good_delivery_stays"),
        row=FETCHED,
    ),
    "credit.http": Kind(
        suite="integration.test_connectors:TestCredit",
        more=(
            *NO_BELIEF,
            f"{STATED}:test_what_is_not_proven_to_be_whole_is_no_statement",
            f"{STATED}:test_no_fault_of_the_wire_is_a_statement",
            f"{STATED}:test_a_file_that_is_cut_off_uncounted_or_not_as_agreed_is_none_and_no_older_one_stands_in_for_it",
            f"{STATED}:test_an_old_file_that_is_broken_for_ever_is_passed_over_once_a_newer_good_one_has_come",
            "integration.test_books:test_an_outage_garbage_or_a_statement_that_is_cut_off_never_counts_as_missing",
        ),
        row={
            **HTTP,
            Fault.UNSIGNED: by(
                *BEARER.tests,
                f"{STATED}:test_the_stub_takes_nothing_that_is_unsigned_altered_or_sent_twice",
                "integration.test_books:test_whoever_signs_with_another_key_is_not_let_in_and_nothing_is_concluded",
            ),
        },
    ),
    "witnesses.http": Kind(suite="integration.test_connectors:TestWitness", more=NO_BELIEF, row={**HTTP, Fault.UNSIGNED: BEARER}),
    "pulses.http": Kind(suite="integration.test_connectors:TestPulse", row={**UNHEEDED, Fault.UNSIGNED: BEARER}),
    "identity.oidc": Kind(
        suite="integration.test_signin_wire:TestOidc",
        wire=False,
        row={
            **dict.fromkeys(
                Fault, by("integration.test_signin_wire:test_whatever_a_provider_does_lets_nobody_in_and_holds_nobody")
            ),
            Fault.SKEW: by(f"{OIDC}:test_a_proof_for_another_house_browser_or_time_is_none"),
            Fault.DUPLICATE: by(f"{OIDC}:test_only_the_browser_that_went_comes_back_and_only_once"),
            Fault.DISORDER: by(f"{OIDC}:test_a_going_that_has_signed_in_signs_nobody_in_again_though_the_provider_would"),
            Fault.UNSIGNED: by(f"{OIDC}:test_a_proof_counts_by_the_providers_own_signature_alone_and_new_keys_are_taken_up"),
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
