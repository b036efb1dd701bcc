"""A browser without script: it keeps its cookies and sends the forms of the page that it got."""

from __future__ import annotations

import re
from typing import Any

import requests
from typing_extensions import Self

from tests.staff.site import PASSWORD


class FormBrowser:
    def __init__(self, address: str) -> None:
        self.address, self.session, self.csrf = address, requests.Session(), ""

    def get(self, path: str, **headers: str) -> requests.Response:
        answer = self.session.get(self.address + path, headers=headers, timeout=60)
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer

    def submit(
        self,
        path: str,
        form: dict[str, str],
        *,
        files: Any = None,
        follow: bool = False,
        csrf: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """A form of the page that was read last; `csrf` and `headers` stand above those of a browser."""
        return self.session.post(
            self.address + path,
            data={"csrf": self.csrf if csrf is None else csrf, **form},
            files=files,
            headers={"Origin": self.address, **(headers or {})},
            allow_redirects=follow,
            timeout=120,
        )

    def sign_in(self, name: str, password: str = PASSWORD) -> Self:
        self.get("/staff/sign-in")
        answer = self.submit("/staff/sign-in", {"name": name, "password": password})
        assert answer.status_code == 303, answer.text[:500]
        self.get("/staff/account")
        return self
