"""Bringing an address book: upload, look, choose, take, undo."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_sqlalchemy.pagination import Pagination
from werkzeug.wrappers import Response

from coachhub.contacts import queries
from coachhub.contacts.formats import UnreadableAddressBook
from coachhub.contacts.forms import ColumnsForm, UploadForm
from coachhub.contacts.hooks import importers
from coachhub.contacts.imports import operations, parts
from coachhub.contacts.imports.parts import ROWS
from coachhub.contacts.imports.staging import book_of, choose_columns, stage
from coachhub.contacts.imports.undoing import may_undo, undo
from coachhub.contacts.models import ContactImport
from coachhub.core import follow
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, ngettext
from coachhub.permissions import Permission

Page = str | Response | tuple[str, int]
Item = TypeVar("Item")
PER_PAGE = 25
_SHOWS = ("people", "companies", "problems")


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    routes: list[tuple[str, Callable[..., Page], list[str]]] = [
        ("/bring", bring, ["GET", "POST"]),
        ("/bring/<source>", bring_from, ["POST"]),
        ("/imports", history, ["GET"]),
        ("/imports/<uuid:import_id>", imported, ["GET"]),
        ("/imports/<uuid:import_id>/columns", columns, ["GET", "POST"]),
        ("/imports/<uuid:import_id>/choices", choices, ["POST"]),
        ("/imports/<uuid:import_id>/cancel", cancel, ["POST"]),
        ("/imports/<uuid:import_id>/undo", undo_import, ["POST"]),
    ]
    for address, view, methods in routes:
        bp.add_url_rule(address, view_func=view, methods=methods)


class Slice(Pagination):
    """A page of a list that is in memory, or known by its length and one part."""

    def _query_items(self) -> list[Any]:
        items: Sequence[Any] = self._query_args["items"]
        first = (self.page - 1) * self.per_page - self._query_args["begins"]
        return list(items[first : first + self.per_page])

    def _query_count(self) -> int:
        count: int = self._query_args["number"]
        return count


@access(Permission.MANAGE_OWN_THINGS)
def bring() -> Page:
    """Say how contacts come in, and take a file."""
    form = UploadForm()
    if form.validate_on_submit():
        given = form.book.data
        try:
            row = stage(current_actor(), given.stream, given.filename or "")
        except UnreadableAddressBook as error:
            db.session.rollback()
            form.book.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for(".imported", import_id=row.id), 303)
        finally:
            given.close()
    page = render_template("contacts/bring.html", form=form, importers=importers(current_actor()))
    return page, 422 if form.is_submitted() else 200


@access(Permission.MANAGE_OWN_THINGS)
def bring_from(source: str) -> Page:
    """Make an address book of what a member has elsewhere in CoachHub, and show what is in it."""
    made = next((one for one in importers(current_actor()) if one.key == source), None)
    if made is None:
        raise NotFoundError
    filename, content = made.file()
    row = stage(current_actor(), io.BytesIO(content), filename)
    db.session.commit()
    return redirect(url_for(".imported", import_id=row.id), 303)


@access(Permission.MANAGE_OWN_THINGS)
def history() -> Page:
    """Show a member's imports."""
    imports = queries.imports_of(current_actor())
    return render_template("contacts/imports.html", imports=imports)


@access(Permission.MANAGE_OWN_THINGS)
def imported(import_id: UUID) -> Page:
    """Show an import wherever it is: a preview, under way, or ended."""
    row = operations.find(current_actor(), import_id)
    if row.state == "columns":
        return redirect(url_for(".columns", import_id=row.id), 303)
    if row.state in {"preview", "failed"}:
        return follow.page(_preview(row), goes_on=False)
    if row.state == "running":
        return follow.page(render_template("contacts/progress.html", row=row), goes_on=True)
    return follow.page(_ended(row), goes_on=False)


@access(Permission.MANAGE_OWN_THINGS)
def columns(import_id: UUID) -> Page:
    """Ask which column holds what."""
    row = operations.find(current_actor(), import_id)
    if row.state not in {"columns", "preview", "failed"}:
        return redirect(url_for(".imported", import_id=import_id), 303)
    book = book_of(row)
    if not book.columns:
        return redirect(url_for(".imported", import_id=import_id), 303)
    guessed = type(book.mapping)(**row.mapping) if row.mapping else book.mapping
    form = ColumnsForm.of(book.columns, guessed)
    if form.validate_on_submit():
        try:
            choose_columns(row, form.mapping())
        except DomainError as error:
            db.session.rollback()
            row = operations.find(current_actor(), import_id)
            form.form_errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for(".imported", import_id=import_id), 303)
    page = render_template("contacts/columns.html", form=form, row=row, book=book)
    return page, 422 if form.is_submitted() else 200


@access(Permission.MANAGE_OWN_THINGS)
def choices(import_id: UUID) -> Page:
    """Keep what is left out on the page shown, and do what the button says."""
    row = operations.find(current_actor(), import_id)
    show, page = _show(request.form), max(request.form.get("page", 1, int), 1)
    then = request.form.get("then", "stay")
    try:
        _keep_choices(row, show, page)
        if then == "take":
            db.session.commit()
            operations.start(current_actor(), import_id)
    except DomainError as error:
        db.session.rollback()
        flash(str(error), "error")
        then = "stay"
    db.session.commit()
    if then == "take":
        return redirect(url_for(".imported", import_id=import_id), 303)
    page += then == "next"
    return redirect(url_for(".imported", import_id=import_id, show=show, page=page), 303)


@access(Permission.MANAGE_OWN_THINGS)
def cancel(import_id: UUID) -> Page:
    """Stop an import, or drop its preview."""
    operations.cancel(current_actor(), import_id)
    db.session.commit()
    flash(gettext("Cancelled. Nothing of this file is kept."), "success")
    return redirect(url_for(".listing"), 303)


@access(Permission.MANAGE_OWN_THINGS)
def undo_import(import_id: UUID) -> Page:
    """Take a whole import back."""
    gone, restored = undo(operations.find(current_actor(), import_id))
    db.session.commit()
    told = ngettext(
        "Undone: %(num)s contact is out again.", "Undone: %(num)s contacts are out again.", gone
    )
    if restored:
        told = ngettext(
            "Undone: %(num)s contact is out again, %(restored)s as before.",
            "Undone: %(num)s contacts are out again, %(restored)s as before.",
            gone,
            restored=restored,
        )
    flash(told, "success")
    return redirect(url_for(".listing"), 303)


@dataclass(frozen=True)
class _Company:
    name: str
    rows: int


def _show(values: Any) -> str:
    show: str = values.get("show", "people")
    return show if show in _SHOWS else "people"


def _keep_choices(row: ContactImport, show: str, page: int) -> None:
    out = request.form.getlist("out")
    if show == "people":
        shown = {one.line: one.company for one in _people(row, page).items if _can_be_taken(one)}
        lines = [int(one) for one in out if one.isdecimal()]
        operations.leave_out_lines(row, shown, lines)
    elif show == "companies":
        operations.leave_out_companies(row, [one.name for one in _companies(row, page).items], out)


def _can_be_taken(one: parts.Staged) -> bool:
    return one.status in {"new", "known"}


def _preview(row: ContactImport) -> str:
    show, page = _show(request.args), max(request.args.get("page", 1, int), 1)
    pages = {"people": _people, "companies": _companies, "problems": _problems}[show](row, page)
    names = {str(at): name for name, at in row.mapping.items()}
    return render_template(
        "contacts/preview.html",
        row=row,
        show=show,
        pages=pages,
        left=operations.left(row),
        lines_out={int(line) for line in row.left_out.get("lines", {})},
        companies_out=set(row.left_out.get("companies", ())),
        companies=len(parts.companies_of(row.id)),
        chosen=names,
    )


def _ended(row: ContactImport) -> str:
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "contacts/ended.html",
        row=row,
        can_undo=may_undo(row),
        pages=_problems(row, page),
        counts=queries.counts(current_actor()),
    )


def _people(row: ContactImport, page: int) -> Slice:
    begins = (page - 1) * PER_PAGE // ROWS
    return _slice(parts.rows_of(row.id, begins), row.total, page, begins * ROWS)


def _problems(row: ContactImport, page: int) -> Slice:
    begins = (page - 1) * PER_PAGE // ROWS
    return _slice(parts.bad_of(row.id, begins), row.bad, page, begins * ROWS)


def _companies(row: ContactImport, page: int) -> Slice:
    companies = [_Company(*one) for one in parts.companies_of(row.id)]
    return _slice(companies, len(companies), page, 0)


def _slice(items: Sequence[Any], count: int, page: int, begins: int) -> Slice:
    return Slice(
        page=page, per_page=PER_PAGE, error_out=False, items=items, number=count, begins=begins
    )
