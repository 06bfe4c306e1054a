"""OpenSSH's own server: the SFTP and the SSH that are not ours."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import needs
from tests.deliveries import Exchange
from tests.fault.office import free_port


@contextmanager
def openssh() -> Iterator[tuple[Exchange, dict[str, Any]]]:
    """An exchange that OpenSSH's own server shows, as an account without rights, and the settings by which it lets us in."""
    root = os.geteuid() == 0
    account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory() as folder:
        at, port = Path(folder), free_port()
        exchange, config = Exchange(at), at / "config"
        at.chmod(0o755)
        exchange.folder.mkdir()
        for name in ("host", "office"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(at / name)], check=True)
        hosts = at / "known"
        hosts.write_text(f"[127.0.0.1]:{port} {(at / 'host.pub').read_text()}")
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(hosts)], check=True, capture_output=True)
        config.write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/office.pub\nPidFile none\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\nUsePAM yes\nSubsystem sftp internal-sftp\n"
        )
        if root:
            shutil.chown(at / "host", account.pw_name)
        rights: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if root else {}
        program = [needs.require("sshd"), "-D", "-e", "-f", str(config)]
        with subprocess.Popen(program, stderr=subprocess.DEVNULL, **rights) as running:
            try:
                listening(port)
                url = f"sftp://{account.pw_name}@127.0.0.1:{port}{exchange.folder}"
                told = {"url": url, "known_hosts_file": str(hosts), "key_file": str(at / "office"), "password_file": None}
                yield exchange, told
            finally:
                running.terminate()


def listening(port: int) -> None:
    """Wait until somebody listens. Raises OSError when nobody does."""
    for left in range(1_200, -1, -1):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if not left:
                raise
            time.sleep(0.05)
        else:
            return
