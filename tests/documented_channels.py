"""What the keys of push channels mean; part of `tests.documented_ports`."""

from __future__ import annotations

from collections.abc import Mapping

_ROBOTS = ("wecom-robot", "dingtalk-robot", "feishu-robot")
_APPS = ("wecom", "dingtalk", "feishu")
_FORMS = ("sms", "supervision")

_CODED: Mapping[str, str] = {
    "code_field": "where the platform's own code stands in the body (dotted); empty (not for messengers): the HTTP status alone speaks",
    "ok_codes": "codes that mean: it is taken",
    "permanent_codes": "codes that mean: we are not let in, whoever is written to; the channel is marked and its work waits",
    "recipient_codes": "codes that mean: this person can never be reached there (`recipient_refused`)",
    "declined_codes": "codes that mean: not this message",
    "retry_codes": "codes that mean: later",
    "limited_codes": "codes that mean: too often",
    "limited_seconds": "how long to wait then, where the reply does not say",
    "spent_codes": "codes that mean: the token is no longer taken; it is renewed once and the push sent once more",
}
_ROBOT: Mapping[str, str] = {
    "key_file": "file (mode 600) with the key at the end of the robot's address",
    "secret_file": "file (mode 600) with the robot's signing secret; empty: it wants no signature",
    "alone": "in this group is nobody beside one inspector and the robot: text and link are shown there",
    "note": "words that stand in each message, such as the key word that a robot wants",
    "address_kind": "what an inspector's address is: `user_id` or `mobile` (Feishu: `user_id`)",
}
_FORM: Mapping[str, str] = {
    "always": "fields that are the same in every request",
    "in_headers": "those of the fields that go into headers",
    "body": "how the body is written: `json`, `form`, or `base64` (of JSON)",
    "key_file": "file (mode 600) with the secret that both sides know: to sign with (`sign` in `asks`), or as a password (`secret` there)",
    "signed": "the fields that are signed, in this order, by their names there; `md5` also needs the place of `secret`; empty with "
    "`md5-sorted`: all",
    "reference_field": "where the other side's number of it stands (dotted); empty: none is kept",
}
_PLACES = "also `time` (ms), `seconds`, `stamp` (`20260302093000`, Beijing), `nonce`, `sign`, and by TLS only `secret`"

CHANNEL_KEYS: Mapping[str, str] = {
    **{f"{kind}.{key}": told for kind in (*_ROBOTS, *_APPS, *_FORMS) for key, told in _CODED.items()},
    **{f"{kind}.{key}": told for kind in _ROBOTS for key, told in _ROBOT.items()},
    **{f"{kind}.{key}": told for kind in _FORMS for key, told in _FORM.items()},
    **{f"{kind}.secret_file": "file (mode 600) with the app's secret" for kind in _APPS},
    "mqtt.url": "`mqtts://HOST:PORT`, without path and password; `mqtt://` for a broker on this machine only",
    "mqtt.user": "the account by which we come in; empty: none, or that of `client_cert_file`",
    "mqtt.password_file": "file (mode 600) with its password",
    "mqtt.read_seconds": "longest wait for an acknowledgement",
    "mqtt.topic": "the topic of an inspector; `{address}` is a whole level of it, and nobody but this inspector may subscribe to it",
    "mqtt.expiry_seconds": "how long the broker keeps a push for a phone that is away, at least; what is to be accepted, a day beyond that "
    "date, and what corrects or calls off until the visit would have been over",
    "apprise.url_file": "file (mode 600) with the service in apprise's own form, `{address}` where the inspector's address goes",
    "webpush.more": "further push services",
    "webpush.key_file": "file (mode 600) with the private key by which services know us (VAPID): base64url of 32 bytes",
    "webpush.contact": "whom a push service may turn to: `mailto:…` or `https:…`",
    "webpush.ttl_seconds": "how long a service keeps a push for a browser that is away, at least; what is to be accepted, a day beyond "
    "that date, and what corrects or calls off until the visit would have been over",
    "wecom.corp": "the corporation's id (`corpid`)",
    "wecom.app": "the app's number (`agentid`)",
    "dingtalk.app": "the app's key (`appkey`)",
    "dingtalk.agent": "the app's number (`agent_id`)",
    "feishu.app": "the app's id (`app_id`)",
    "feishu.address_kind": "what an inspector's address is: `user_id`, `open_id`, `union_id` or `email`",
    "sms.asks": '`{"field" = "to"}`: the gateway\'s fields (dotted: in objects) and what stands there: `to`, `content`, `params`, `key`; '
    + _PLACES,
    "sms.content": "the whole text, with `{title}`, `{link}` or `{path}` (the link without scheme and host), and `{accept_by}`; "
    "what stands in `[ ]` is left out where a place in it is empty",
    "sms.params": '`{"variable" = "link"}`: the variables of a template that the gateway holds, and what stands in '
    "each: one of the same four, or a text with places as `content`",
    "sms.params_as": "how `params` is written: JSON in a `text`, an `object`, or a `list` of the values",
    "sms.numbers": "how the number is written: `text`, or a `list` of one",
    "sms.most_characters": "longest text and longest variable, counted as phones do; an SMS in Chinese holds 70, a long one 67 a part",
    "supervision.asks": '`{"field" = "seat"}`: the platform\'s fields (dotted: in objects) and what stands there: `key`, `word`, `to`, '
    "`title`, `text`, `link`, `token` (the link's secret), `visit`, `seat`, `accept_by`, `facts`, `urgent`; "
    "of what a push by webhook has in its data `windows`, `items`, `asked`, `proven`, `basis`, `checks`, `recusal`; " + _PLACES,
    "supervision.words": "the platform's own words for `new`, `off`, `on`, `changed`, `test`",
    "supervision.returns": "where (dotted) a result that it sends tells `seen`, `remarks`, `visited_on`; of the check sheet `signing`, "
    "`signer`, `signing_reason`, `witness`, `statement` (the firm's words)",
    "supervision.reply_secret_file": "file (mode 600) with `whsec_…`, or two parted by a space during a change, by which its "
    "results are signed (Standard Webhooks); empty: it does not sign, and is held to the phone that a link is bound to",
    "supervision.findings_field": "where the list of findings stands in it",
    "supervision.finds": "where in each of them `case_id`, `claim`, `verdict`, `note` stand",
    "supervision.verdicts": "what its words mean: `match`, `mismatch`, `not_found`, `cannot_say`; empty: they are ours",
    "supervision.seen": "what its words mean: `NOTHING`, `FINDING`; empty: they are ours",
    "supervision.rows_field": "where the check sheet's rows stand in it; empty: none are taken",
    "supervision.rows": "where in each of them `item`, `outcomes`, `modes`, `follow_ups`, `followed_on`, `words` stand",
    "supervision.between": "what parts several codes that stand in one text",
    "supervision.items": "which of its items is which of the pack's, by code; empty: they are the pack's",
    "supervision.outcomes": "which of its outcome codes is which of the pack's; empty: they are the pack's",
    "supervision.modes": "the same of modes",
    "supervision.follow_ups": "the same of follow-ups",
    "supervision.signings": "what its words mean: `SIGNED`, `REFUSED`, `ABSENT`; empty: they are ours",
    "supervision.files_field": "where the list of photos stands in it; empty: none are taken",
    "supervision.files": "where in each of them `number`, `content` (base64), `digest` (SHA-256 in hex), `case_id`, `claim`, `remark`, "
    "`captured_at`, `place`, `latitude`, `longitude`, `within` stand",
    "supervision.fetch_path": "where a photo without `content` is fetched, with `{number}`; an address that begins with `url` is fetched "
    "as it is",
    "supervision.fetch_asks": "that request's fields, as in `asks`: `number`, `seat`; by GET where all of them go into headers, or "
    "there are none",
    "supervision.fetch_always": "its fields that are the same in every request",
    "supervision.fetch_in_headers": "those of its fields that go into headers",
    "supervision.fetch_signed": "those of its fields that are signed, in this order",
    "supervision.fetch_field": "where in a reply of JSON the photo stands, in base64; empty: the reply is the photo",
    "supervision.fetch_bytes": "the largest photo that is fetched",
}
