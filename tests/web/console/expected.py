"""What each page of the console is expected to let in. A page that isn't here fails the test: add it with its role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

from accounts.roles import Role

BYSTANDER = 5
"""The id of the user to whom things are done in ``staff_database``."""


@dataclass(frozen=True)
class Expected:
    """A page and who may come.

    Attributes:
        method: GET or POST.
        path: as declared, below /quan-tri.
        needs: the least role; None for anybody.
        example: the path with its parameters filled in; the path itself where it has none.
        form: a form that is right, for a POST.
        status: what whoever may come gets.
        of: for a POST, the page from which the form's token is read.
    """

    method: str
    path: str
    needs: Optional[Role]
    example: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    of: str = "/tai-khoan"

    @property
    def address(self) -> str:
        """Where to look."""
        return f"/quan-tri{self.example or self.path}"

    def __str__(self) -> str:
        return f"{self.method} {self.path or '/'}"


_USER = f"/nguoi-dung/{BYSTANDER}"
_PROCEDURE = "/thu-tuc/9.000001"
_GUIDE = "/huong-dan/cau-hoi/thu"
_FAQ = "/cau-hoi-chung/vneid-muc-2-la-gi"
_ADMINISTRATOR = Role.ADMINISTRATOR
PAGES: tuple[Expected, ...] = (
    Expected("GET", "", Role.VIEWER),
    # Whoever has signed in goes on to the first page.
    Expected("GET", "/dang-nhap", None, status=303),
    Expected("POST", "/dang-nhap", None, form={"ten": "nobody", "mat_khau": "x"}, status=422),
    Expected("GET", "/dang-nhap/ma", None, status=303),
    Expected("POST", "/dang-nhap/ma", None, status=303),
    Expected("POST", "/dang-xuat", Role.VIEWER, status=303),
    Expected("GET", "/bat-dau/{token}", None, "/bat-dau/none", status=404),
    Expected("POST", "/bat-dau/{token}", None, "/bat-dau/none", status=404),
    Expected("GET", "/tai-khoan", Role.VIEWER),
    Expected("POST", "/tai-khoan/ten", Role.VIEWER, form={"ten_hien_thi": "Tên khác"}, status=303),
    Expected("POST", "/tai-khoan/mat-khau", Role.VIEWER, form={"cu": "x", "moi": "x", "lan_hai": "x"}, status=422),
    Expected("POST", "/tai-khoan/phien", Role.VIEWER, status=303),
    Expected("POST", "/tai-khoan/ma", Role.VIEWER, form={"mat_khau": "x"}, status=422),
    Expected("POST", "/tai-khoan/ma/bat", Role.VIEWER, form={"ma": "x"}, status=303),
    Expected("POST", "/tai-khoan/ma/tat", Role.VIEWER, form={"mat_khau": "x"}, status=422),
    Expected("GET", "/nguoi-dung", _ADMINISTRATOR),
    Expected("POST", "/nguoi-dung", _ADMINISTRATOR, form={"ten": "moi.nguoi", "vai_tro": "viewer"}),
    Expected("GET", "/nguoi-dung/{id:int}", _ADMINISTRATOR, _USER),
    Expected("POST", "/nguoi-dung/{id:int}/ten", _ADMINISTRATOR, f"{_USER}/ten", {"ten_hien_thi": "An"}, 303),
    Expected("POST", "/nguoi-dung/{id:int}/vai-tro", _ADMINISTRATOR, f"{_USER}/vai-tro", {"vai_tro": "viewer"}, 303),
    Expected("POST", "/nguoi-dung/{id:int}/khoa", _ADMINISTRATOR, f"{_USER}/khoa", status=303),
    Expected("POST", "/nguoi-dung/{id:int}/mo-khoa", _ADMINISTRATOR, f"{_USER}/mo-khoa", status=303),
    Expected("POST", "/nguoi-dung/{id:int}/cap-lai", _ADMINISTRATOR, f"{_USER}/cap-lai"),
    Expected("POST", "/nguoi-dung/{id:int}/phien", _ADMINISTRATOR, f"{_USER}/phien", status=303),
    Expected("POST", "/nguoi-dung/{id:int}/tat-ma", _ADMINISTRATOR, f"{_USER}/tat-ma", status=303),
    Expected("GET", "/nhat-ky", _ADMINISTRATOR),
    Expected("GET", "/cau-hoi", Role.EDITOR),
    Expected("POST", "/cau-hoi/xep", Role.EDITOR, form={"cau": "none", "thanh": "faq"}, status=303),
    Expected("POST", "/cau-hoi/thu", Role.EDITOR, form={"cau": "none", "ma": "x"}, status=303),
    Expected("POST", "/cau-hoi/cach-hoi", Role.EDITOR, form={"cau": "none", "ma": "x"}, status=303),
    Expected("POST", "/cau-hoi/mau", Role.EDITOR, form={"cau": "none", "muon": "ask_fee"}, status=303),
    Expected("GET", "/huan-luyen", Role.EDITOR),
    Expected("GET", "/huan-luyen/tien-do", Role.EDITOR),
    Expected("GET", "/huan-luyen/{id:int}", Role.EDITOR, "/huan-luyen/1", status=404),
    Expected("POST", "/huan-luyen/cau", Role.EDITOR, form={"cau": "làm ở đâu", "muon": "ask_place"}, status=303),
    Expected("POST", "/huan-luyen/cau/{id:int}/bo", Role.EDITOR, "/huan-luyen/cau/1/bo", status=303),
    # There is nothing new to learn; what a training does, test_learning.py sees.
    Expected("POST", "/huan-luyen/hoc", Role.REVIEWER, status=422),
    Expected("POST", "/huan-luyen/dung", Role.REVIEWER, form={"mo_hinh": "none"}, status=303),
    Expected("GET", "/so-lieu", Role.VIEWER),
    Expected("GET", "/so-lieu/bao-cao", Role.VIEWER),
    Expected("GET", "/so-lieu/tai-ve.{kind:str}", Role.VIEWER, "/so-lieu/tai-ve.csv"),
    Expected("GET", "/hoi-thoai", Role.EDITOR),
    Expected("GET", "/hoi-thoai/da-xong", Role.EDITOR),
    # There is no conversation of this number; what is done with one is tested beside.
    Expected("GET", "/hoi-thoai/{id:int}", Role.EDITOR, "/hoi-thoai/1", status=422),
    *(
        Expected("POST", f"/hoi-thoai/{{id:int}}/{deed}", Role.EDITOR, f"/hoi-thoai/1/{deed}", status=303)
        for deed in ("nhan", "tra-lai", "ket-thuc")
    ),
    Expected("POST", "/hoi-thoai/{id:int}/tra-loi", Role.EDITOR, "/hoi-thoai/1/tra-loi", {"noi_dung": "x"}, 422),
    Expected("GET", "/hoi-thoai/mau", Role.EDITOR),
    Expected("POST", "/hoi-thoai/mau", Role.EDITOR, form={"ten": "Mẫu", "noi_dung": "x", "so": "1"}, status=303),
    Expected("POST", "/hoi-thoai/mau/{id:int}/xoa", Role.EDITOR, "/hoi-thoai/mau/1/xoa", status=303),
    # Nothing is written yet; what each step does to a record, test_procedures.py and test_review.py see.
    Expected("GET", "/thu-tuc", Role.VIEWER),
    Expected("GET", "/thu-tuc/moi", Role.EDITOR),
    Expected("GET", "/thu-tuc/{code}", Role.VIEWER, _PROCEDURE, status=404),
    Expected("GET", "/thu-tuc/{code}/lich-su", Role.VIEWER, f"{_PROCEDURE}/lich-su", status=404),
    Expected("GET", "/thu-tuc/{code}/sua", Role.EDITOR, f"{_PROCEDURE}/sua"),
    Expected("POST", "/thu-tuc/{code}/dong", Role.EDITOR, f"{_PROCEDURE}/dong", {"thao_tac": "them:cases"}),
    Expected("POST", "/thu-tuc/{code}/xem", Role.EDITOR, f"{_PROCEDURE}/xem", {"name": "Tên"}),
    Expected("POST", "/thu-tuc/{code}/luu", Role.EDITOR, "/thu-tuc/9/luu", {"name": "Tên"}, 422),
    Expected("POST", "/thu-tuc/{code}/khoi-phuc", Role.EDITOR, f"{_PROCEDURE}/khoi-phuc", {"ban": "1"}, 422),
    Expected("POST", "/thu-tuc/{code}/gui-duyet", Role.EDITOR, f"{_PROCEDURE}/gui-duyet", status=422),
    Expected("POST", "/thu-tuc/{code}/bo-nhap", Role.EDITOR, f"{_PROCEDURE}/bo-nhap", status=422),
    Expected("POST", "/thu-tuc/{code}/tra-lai", Role.REVIEWER, f"{_PROCEDURE}/tra-lai", {"loi": "x"}, 422),
    Expected("POST", "/thu-tuc/{code}/cong-bo", Role.REVIEWER, f"{_PROCEDURE}/cong-bo", status=422),
    Expected("POST", "/thu-tuc/{code}/thoi-ap-dung", Role.REVIEWER, f"{_PROCEDURE}/thoi-ap-dung", {"loi": "x"}, 422),
    Expected("POST", "/thu-tuc/{code}/ap-dung-lai", Role.REVIEWER, f"{_PROCEDURE}/ap-dung-lai", status=422),
    Expected("GET", "/excel", Role.VIEWER),
    Expected("GET", "/excel/mau", Role.VIEWER),
    # No procedure is there yet; files that are handed in are in test_workbooks.py.
    Expected("GET", "/excel/tai-ve", Role.VIEWER, status=422),
    Expected("POST", "/excel", Role.EDITOR, status=422),
    Expected("GET", "/excel/{token}", Role.EDITOR, "/excel/none", status=404),
    Expected("POST", "/excel/{token}/ghi", Role.EDITOR, "/excel/none/ghi", status=422),
    Expected("POST", "/excel/{token}/bo", Role.EDITOR, "/excel/none/bo", status=303),
    Expected("GET", "/suc-khoe", Role.VIEWER),
    Expected("GET", "/can-xem-lai", Role.VIEWER),
    Expected("POST", "/can-xem-lai/{id:int}/giu", Role.REVIEWER, "/can-xem-lai/1/giu", status=422),
    Expected("POST", "/can-xem-lai/{id:int}/nhan", Role.REVIEWER, "/can-xem-lai/1/nhan", status=422),
    Expected("GET", "/huong-dan", Role.VIEWER),
    Expected("GET", "/huong-dan/{kind}/{name}", Role.VIEWER, "/huong-dan/viec-trong-doi/sinh-con"),
    Expected("POST", "/huong-dan/{kind}/{name}/xem", Role.REVIEWER, f"{_GUIDE}/xem", {"noi_dung": "x"}),
    Expected("POST", "/huong-dan/{kind}/{name}/luu", Role.REVIEWER, f"{_GUIDE}/luu", {"noi_dung": "x"}, 422),
    Expected("POST", "/huong-dan/{kind}/{name}/bo", Role.REVIEWER, f"{_GUIDE}/bo", {"ban": "7"}, 422),
    Expected("GET", "/cau-hoi-chung", Role.VIEWER),
    Expected("GET", "/cau-hoi-chung/moi", Role.EDITOR),
    Expected("POST", "/cau-hoi-chung/moi", Role.EDITOR, form={"question": "Câu mới?"}, status=303),
    Expected("GET", "/cau-hoi-chung/{name}", Role.VIEWER, _FAQ),
    Expected("GET", "/cau-hoi-chung/{name}/sua", Role.EDITOR, f"{_FAQ}/sua"),
    # A step that isn't there, so that all who may are told the same; what is saved, test_faqs.py sees.
    Expected("POST", "/cau-hoi-chung/{name}/luu", Role.EDITOR, f"{_FAQ}/luu", {"question": "x", "buoc": "7"}, 422),
    *(
        # Nothing is in the works; what each step does, test_faqs.py sees.
        Expected("POST", f"/cau-hoi-chung/{{name}}/{deed}", needs, f"{_FAQ}/{deed}", {"buoc": "0"}, 422)
        for deed, needs in (
            ("gui-duyet", Role.EDITOR),
            ("bo-nhap", Role.EDITOR),
            ("tra-lai", Role.REVIEWER),
            ("cong-bo", Role.REVIEWER),
            ("thoi-dung", Role.REVIEWER),
        )
    ),
    Expected("POST", "/cau-hoi-chung/{name}/ban-di-kem", Role.REVIEWER, f"{_FAQ}/ban-di-kem", {"buoc": "7"}, 422),
    # The made-up Rasa explains nothing; what is shown of a real explanation, test_explanation.py sees.
    Expected("GET", "/giai-thich", Role.VIEWER),
    Expected("POST", "/giai-thich", Role.VIEWER, form={"tin": "làm khai sinh"}, status=422),
)
