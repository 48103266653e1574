"""What a reader takes out of a PDF again, by PDFium, which is Chrome's."""

import unicodedata

import pypdfium2


def text_of(pdf: bytes) -> str:
    """All pages; lines as they are broken there."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def pages_of(pdf: bytes) -> int:
    """How many there are."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def letters(text: str) -> str:
    """Letters, their marks and digits: what is said, however lines are broken."""
    return "".join(letter for letter in text if unicodedata.category(letter)[0] in "LMN")
