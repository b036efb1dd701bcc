"""The addresses of the staff pages."""

from __future__ import annotations

from aiohttp import web

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.settings import Settings
from bot.staff import admin_pages, own_account, sign_in
from bot.staff.context import Staff
from bot.staff.templates import set_up


def add_routes(app: web.Application, database: Database, keys: Keys, settings: Settings) -> Staff:
    """Sign-in, own account, the admin's pages. Rooms call `set_up` too, and add their own entry to its `nav`."""
    staff = set_up(app, database, keys, settings)
    get, post = app.router.add_get, app.router.add_post
    get("/staff/sign-in", sign_in.sign_in)
    post("/staff/sign-in", sign_in.sign_in_form)
    get("/staff/code", sign_in.code)
    post("/staff/code", sign_in.code_form)
    post("/staff/sign-out", sign_in.sign_out)
    get("/staff/welcome/{token:[A-Za-z0-9_-]{20,64}}", sign_in.welcome)
    post("/staff/welcome/{token:[A-Za-z0-9_-]{20,64}}", sign_in.welcome_form)
    get("/staff/account", own_account.account)
    post("/staff/account/name", own_account.name_form)
    post("/staff/account/password", own_account.password_form)
    post("/staff/account/everywhere", own_account.everywhere_form)
    get("/staff/account/second", own_account.second)
    post("/staff/account/second", own_account.second_form)
    post("/staff/account/second/off", own_account.second_off_form)
    post("/staff/language", own_account.language_form)
    get("/staff/people", admin_pages.people)
    post("/staff/people", admin_pages.add_form)
    post(r"/staff/people/{id:\d{1,9}}", admin_pages.change_form)
    get("/staff/trail", admin_pages.trail_page)
    return staff
