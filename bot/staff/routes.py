"""The addresses of the staff pages."""

from __future__ import annotations

from aiohttp import web

from bot.log.database import Database
from bot.log.keys import Keys
from bot.settings import Settings
from bot.staff import own, people, signin
from bot.staff.web import Staff, set_up


def add_routes(app: web.Application, database: Database, keys: Keys, settings: Settings) -> Staff:
    """Sign-in, own account, the admin's pages. Rooms call `set_up` too, and add their own entry to its `nav`."""
    staff = set_up(app, database, keys, settings)
    get, post = app.router.add_get, app.router.add_post
    get("/staff/sign-in", signin.sign_in)
    post("/staff/sign-in", signin.sign_in_form)
    get("/staff/code", signin.code)
    post("/staff/code", signin.code_form)
    post("/staff/sign-out", signin.sign_out)
    get("/staff/welcome/{token:[A-Za-z0-9_-]{20,64}}", signin.welcome)
    post("/staff/welcome/{token:[A-Za-z0-9_-]{20,64}}", signin.welcome_form)
    get("/staff/account", own.account)
    post("/staff/account/name", own.name_form)
    post("/staff/account/password", own.password_form)
    post("/staff/account/everywhere", own.everywhere_form)
    get("/staff/account/second", own.second)
    post("/staff/account/second", own.second_form)
    post("/staff/account/second/off", own.second_off_form)
    post("/staff/language", own.language_form)
    get("/staff/people", people.people)
    post("/staff/people", people.add_form)
    post(r"/staff/people/{id:\d{1,9}}", people.change_form)
    get("/staff/trail", people.trail_page)
    return staff
