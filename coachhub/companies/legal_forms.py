"""Legal forms of companies in the languages of the world, folded to plain small letters.

Written from the company laws and registers themselves (for example ISO 20275 names the
same forms). Dots are gone and single letters are joined, as the normaliser does it:
"S.p.A." stands here as `spa`, "Sp. z o.o." as `sp zoo`.
"""

# At the end of a name. One form a line or more; a form of several words is joined by `_`.
_TAIL = """
inc incorporated incorporation corp corporation corpn co company coy compagnie cia companhia
compania ltd limited ltda limitada limitee lte ltee ltd_co co_ltd co_limited company_limited
corp_ltd pte pte_ltd pte_limited pvt pvt_ltd pvt_limited private_limited private_ltd p_ltd pty
pty_ltd pty_limited proprietary_limited pub_ltd public_limited public_limited_company
public_ltd_co public_company_limited pcl plc llc llp lllp lp limited_liability_company
limited_liability_partnership limited_partnership ulc unlimited_company dac pllc pc na
nationalassociation national_association nt_sa ag aktiengesellschaft se societas_europaea gmbh
mbh gesellschaft_mit_beschrankter_haftung gmbh_co_kg gmbh_and_co_kg gmbh_and_co_kgaa
ag_and_co_kg ag_and_co_kgaa se_and_co_kg se_and_co_kgaa and_co_kg and_co_kgaa and_co_ohg co_kg
co_kgaa ggmbh ug ug_haftungsbeschrankt kg kgaa ohg gbr ev eg ek ewiv kommanditgesellschaft
offene_handelsgesellschaft genossenschaft vvag ag_und_co_kg gmbh_und_co_kg und_co_kg and_cie
und_cie et_cie sa sas sasu sarl eurl snc sca scs scop scp societe_anonyme
societe_par_actions_simplifiee societe_a_responsabilite_limitee
societe_en_commandite_par_actions sa_nv nv_sa sprl bvba srl_bv asbl vzw cvba scrl gie saog saoc
spa srl srls sapa sas_di snc_di scarl scpa societa_per_azioni societa_a_responsabilita_limitata
societa_cooperativa soc_coop sdf onlus slu sl sau sll sociedad_anonima sociedad_limitada
sociedad_de_responsabilidad_limitada sociedade_anonima sa_de_cv sab_de_cv sab sapi sapi_de_cv
s_de_rl s_de_rl_de_cv srl_de_cv sofom de_cv eirl saic saci sacifia
sociedad_por_acciones_simplificada sas_esp sa_esp epm sgps unipessoal lda unipessoal_lda eireli
ss_ltda nv bv cv vof naamloze_vennootschap besloten_vennootschap cooperatie_ua ab aktiebolag
publ ab_publ as asa aksjeselskap allmennaksjeselskap aps ivs amba fmba aktieselskab
anpartsselskab oy oyj abp osakeyhtio julkinen_osakeyhtio hf ehf ohf sp_zoo sp_z_oo spolka_z_oo
spolka_akcyjna spzoo sp_j sp_k sp_zoo_sp_k spj spk psa sro spol_sro vos ks zsp druzstvo
akciova_spolecnost sro_os kft rt nyrt zrt kkt kht doo dd ad ood eood ead jsc ojsc cjsc pjsc ooo
oao zao pao tov tzov mchj aktsionernoe_obschestvo limited_company joint_stock_company
joint_stock_co open_joint_stock_company closed_joint_stock_company public_joint_stock_company
public_joint_stock_co jsb ojsb sia uab ou anonim_sirketi limited_sirketi ltd_sti sti
sanayi_ve_ticaret_as san_ve_tic_as ve_tic_as tic_as ae epe monoprosopi kk kabushiki_kaisha
kabushikikaisha kaisha gk godo_kaisha yk yugen_kaisha goudou_kaisha bhd sdn_bhd berhad
sendirian_berhad tbk persero perseroan_terbatas cong_ty cong_ty_tnhh cong_ty_co_phan ctcp tnhh
fze fzco fz_llc fzc dmcc wll bsc bscc ksc kscc kscp qsc qpsc saa sacs soc_ltd npc rf_pty_ltd
ltd_by_guarantee rllp
"""

# At the front of a name, where the language puts them there.
_HEAD = """
pt ooo oao zao pao ao tov tzov too sia uab odo ip fgup mup gup cong_ty_tnhh cong_ty_co_phan
cong_ty limited_liability_company joint_stock_company open_joint_stock_company
closed_joint_stock_company public_joint_stock_company
obschestvo_s_ogranichennoy_otvetstvennostyu aktsionernoe_obschestvo
societatea_cu_raspundere_limitata sc_srl srl kabushiki_kaisha aktiebolaget ab firma soc_coop
sociedad_anonima societe_anonyme
"""

# Of a share that is listed, not of the company.
SHARE_WORDS = frozenset(
    [
        "ads",
        "adr",
        "adss",
        "adrs",
        "gdr",
        "gdrs",
        "ordinary",
        "common",
        "class",
        "series",
        "depositary",
        "depository",
        "shares",
        "share",
        "registry",
        "stock",
        "units",
        "unit",
        "warrants",
        "warrant",
        "rights",
        "preferred",
        "unsponsored",
    ]
)

CJK_FORMS = (
    "株式会社",
    "有限会社",
    "合同会社",
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "公司",
    "주식회사",
    "(주)",
)


def _forms(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The forms by their last word, longest first, so that a tail is found in one look."""
    by_last: dict[str, set[tuple[str, ...]]] = {}
    for form in text.split():
        words = tuple(form.split("_"))
        by_last.setdefault(words[-1], set()).add(words)
    return {last: tuple(sorted(forms, key=len, reverse=True)) for last, forms in by_last.items()}


def _heads(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    by_first: dict[str, set[tuple[str, ...]]] = {}
    for form in text.split():
        words = tuple(form.split("_"))
        by_first.setdefault(words[0], set()).add(words)
    return {first: tuple(sorted(forms, key=len, reverse=True)) for first, forms in by_first.items()}


TAIL_FORMS = _forms(_TAIL)
HEAD_FORMS = _heads(_HEAD)
