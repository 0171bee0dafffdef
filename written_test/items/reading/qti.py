"""QTI 2.1, 2.2 and 3.0: a package with its manifest, or the file of one question."""

from __future__ import annotations

from typing import Final

from kernel.errors import N_
from written_test.items.reading import tags
from written_test.items.reading.entries import (
    MOST_ENTRIES,
    Defaults,
    Entry,
    NotTaken,
    refused,
)
from written_test.items.reading.media import Fetch, Media
from written_test.items.reading.packages import Package, beside
from written_test.items.reading.qti_kinds import body_of
from written_test.items.reading.qti_text import stimulus_in
from written_test.items.reading.xml import (
    Element,
    attribute,
    child,
    children,
    descendants,
    line_of,
    name_of,
    parse,
    words_of,
)

MANIFEST: Final = "imsmanifest.xml"
_ITEM: Final = ("imsqti_item", "imsqti_apipitem")
_OLD: Final = ("imsqti_xmlv1p", "imsqti_test_xmlv1p", "imsqti_assessment_xmlv1p")


def is_item(root: Element) -> bool:
    """Tell whether this XML is one QTI question, of a version that is read."""
    return name_of(root) == "assessment-item"


def manifest_name(package: Package) -> str | None:
    """Return the name of the manifest that lies highest, if there is one."""
    names = [name for name in package.names if name.rpartition("/")[2].lower() == MANIFEST]
    return min(names, key=lambda name: name.count("/"), default=None)


def read_item(filename: str, root: Element, defaults: Defaults) -> list[Entry]:
    """Return the entry of a question that came without a package."""

    def nothing(name: str) -> bytes:
        raise NotTaken(
            N_("« %(name)s » est dans un autre fichier : importez l'archive entière."),
            name=name[:200],
        )

    return [_item(filename, root, [], defaults, nothing)]


def read_package(package: Package, defaults: Defaults) -> list[Entry]:
    """Return the entries of a package, in the order of its manifest.

    Raises:
        NotTaken: the manifest is missing, unreadable, or names no question.
    """
    manifest = manifest_name(package)
    if manifest is None:
        raise NotTaken(N_("L'archive n'a pas de imsmanifest.xml : ce n'est pas un paquet QTI."))
    root = parse(package.read(manifest))
    entries = []
    for resource in descendants(root, "resource"):
        kind = str(resource.get("type") or "").lower()
        if kind.startswith(_OLD):
            raise NotTaken(
                N_(
                    "Common Cartridge (QTI 1.2) n'est pas pris en charge : exportez en QTI 2.1 ou "
                    "plus."
                ),
                line=line_of(resource),
            )
        if not kind.startswith(_ITEM):
            continue
        entries.append(_resource(package, manifest, resource, defaults))
        if len(entries) > MOST_ENTRIES:
            raise NotTaken(
                N_("Le fichier compte plus de %(most)s questions : partagez-le."), most=MOST_ENTRIES
            )
    if not entries:
        raise NotTaken(
            N_("Le manifeste ne nomme aucune question (ressource de type imsqti_item…).")
        )
    return entries


def _resource(package: Package, manifest: str, resource: Element, defaults: Defaults) -> Entry:
    name = str(resource.get("href") or "")
    code = str(resource.get("identifier") or "")
    try:
        if not name:
            files = children(resource, "file")
            name = str(files[0].get("href") or "") if files else ""
        if not name:
            raise NotTaken(N_("Le manifeste ne dit pas le fichier de cette question."))
        name = beside(manifest, name)
        data = package.read(name)
    except NotTaken as error:
        return refused(manifest, code[:120], error, line_of(resource))
    try:
        root = parse(data)
    except NotTaken as error:
        return refused(name, code[:120], error)
    return _item(
        name,
        root,
        _said(resource),
        defaults,
        lambda address: package.read(beside(name, address)),
        code[:120],
    )


def _said(resource: Element) -> list[str]:
    """Return the keywords of a resource's metadata, and each step of its classifications."""
    words = []
    for keyword in descendants(resource, "keyword"):
        parts = [
            words_of(part) for part in descendants(keyword, "langstring", "string", "lang-string")
        ]
        words += parts or [words_of(keyword)]
    for taxon in descendants(resource, "taxon"):
        words += [words_of(part) for part in children(taxon, "entry", "id")]
    return words


def _item(
    filename: str,
    root: Element,
    said: list[str],
    defaults: Defaults,
    fetch: Fetch,
    resource: str = "",
) -> Entry:
    code = str(root.get("identifier") or "").strip() or resource
    line = line_of(root)
    try:
        _check_item(root)
        body_element = child(root, "item-body")
        if body_element is None:
            raise NotTaken(N_("La question n'a pas de corps (itemBody)."))
        media = Media(fetch)
        stimulus = stimulus_in(root, media, fetch)
        body, notes = body_of(root, body_element, stimulus, defaults.language, media)
        labels = [str(root.get("label") or "")]
        draft = tags.draft(code, body, tags.read_tags([*labels, *said]), defaults, media)
    except NotTaken as error:
        return refused(filename, code[:120], error, line, resource)
    return Entry(
        filename, line, draft.code, draft, notes=(*notes, *media.notes), other_code=resource
    )


def _check_item(root: Element) -> None:
    if name_of(root) == "questestinterop":
        raise NotTaken(N_("QTI 1.2 n'est pas pris en charge : exportez en QTI 2.1 ou plus."))
    if not is_item(root):
        raise NotTaken(
            N_("« %(name)s » n'est pas une question QTI (assessmentItem)."), name=name_of(root)[:60]
        )
    named = {
        "include": N_("un morceau d'un autre fichier"),
        "custom-operator": N_("un opérateur particulier à un logiciel"),
        "template-declaration": N_("des variables tirées au sort"),
        "printed-variable": N_("des variables tirées au sort"),
        "portable-custom-interaction": N_("une interaction particulière à un logiciel"),
    }
    for element in descendants(root, *named):
        raise NotTaken(
            N_("La question contient %(what)s (%(name)s), ce qui n'est pas pris en charge."),
            line=line_of(element),
            what=named[name_of(element)],
            name=name_of(element),
        )
    if attribute(root, "adaptive") == "true":
        raise NotTaken(N_("Une question « adaptive », en plusieurs essais, n'est pas prise."))
