"""Free texts as customers and staff write them, by hand, in four languages: what is personal stands in ⟦ ⟧. All people are invented."""

from __future__ import annotations

#: Kind → texts in which every part in ⟦ ⟧ is personal, and nothing else is.
PERSONAL = {
    "email": """
        Skriv till ⟦anna.ek@firma.se⟧ så svarar jag
        min mejl är ⟦Anna.Ek+nyhetsbrev@firma.co.uk⟧.
        nås på ⟦anna (at) firma punkt se⟧ dagtid
        e-post: ⟦anna[at]firma.se⟧
        ⟦åsa.öberg@företag.se⟧ är rätt adress
        Skriv til ⟦søren_hansen@virksomhed.dk⟧, tak
        min adresse er ⟦soeren snabela firma punktum dk⟧
        send til ⟦kari-nordmann@bedrift.no⟧
        ⟦kari krøllalfa bedrift prikk no⟧ er min e-post
        Please use ⟦john.o'neil@example.co.uk⟧ instead
        (⟦j.smith@mail.example.com⟧)
        mailto:⟦john@example.org⟧
        <⟦john@example.org⟧> wrote this
        reply to ⟦john at example dot com⟧ please
        ⟦john (at) example (dot) com⟧
        till ⟦ANNA.EK@FIRMA.SE⟧!
        ⟦anna.ek @ firma.se⟧ eller chatten
        /tack?kalla=⟦anna.ek%40firma.se⟧
    """,
    "phone": """
        Ring mig på ⟦070-123 45 67⟧
        ring ⟦0701234567⟧ efter fem
        mobil ⟦070 123 45 67⟧
        ⟦+46 70 123 45 67⟧
        ⟦+46(0)70-123 45 67⟧ går bra
        ⟦0046 70 123 45 67⟧
        ⟦+46701234567⟧
        växeln är ⟦08-123 456 78⟧
        ⟦(08) 123 45 67⟧
        nummer ⟦0920-123 45⟧ på kontoret
        Tel:⟦070-1234567⟧
        ⟦070.123.45.67⟧
        Ring på ⟦12 34 56 78⟧
        tlf. ⟦12345678⟧
        tlf.nr. ⟦1234 5678⟧
        ⟦+45 12 34 56 78⟧ er mit nummer
        ⟦+4512345678⟧
        ⟦0045 12345678⟧
        mobil: ⟦20304050⟧
        ring til mig på ⟦20 30 40 51⟧ i morgen
        mobil ⟦912 34 567⟧
        ⟦+47 912 34 567⟧
        ⟦+4791234567⟧
        telefon ⟦22 33 44 55⟧
        ring meg på ⟦91234567⟧
        ⟦0047 22334455⟧
        call ⟦020 7946 0958⟧
        ⟦07700 900123⟧ is my mobile
        ⟦+44 7700 900123⟧
        ⟦+44 (0)20 7946 0958⟧
        ⟦(020) 7946 0958⟧
        phone ⟦0117 496 0123⟧ after six
        ⟦01632 960123⟧
        ⟦07700900123⟧
        text me: ⟦07700 900 123⟧
        ⟦+1 202 555 0143⟧
        ⟦+49 30 123456⟧
    """,
    "personal_number": """
        personnummer ⟦811228-9874⟧
        mitt pnr är ⟦19811228-9874⟧
        ⟦198112289874⟧
        ⟦8112289874⟧ stod det på fakturan
        född för länge sedan, ⟦121212+1212⟧
        ⟦811228 9874⟧
        samordningsnummer ⟦701063-2391⟧
        personnummer: ⟦811228-9875⟧
        orgnr ⟦811228-9874⟧ (enskild firma)
        CPR ⟦010190-1234⟧
        cpr-nr. ⟦0101901234⟧
        mit CPR-nummer er ⟦311299-0001⟧
        ⟦070761-4285⟧
        ⟦0707614285⟧
        fødselsnummer ⟦01010050053⟧
        fnr ⟦010100 50053⟧
        ⟦01010050053⟧ er nummeret mitt
        D-nummer ⟦41010050045⟧
        National Insurance number ⟦QQ 12 34 56 C⟧
        NI: ⟦AB123456C⟧
        ⟦JG 10 37 59 A⟧
    """,
    "card": """
        kortet ⟦4111 1111 1111 1111⟧ drogs två gånger
        ⟦4111111111111111⟧
        ⟦5500-0000-0000-0004⟧
        amex ⟦3782 822463 10005⟧
        ⟦378282246310005⟧
        Dankort ⟦5019 7170 1010 3742⟧
        kort nr ⟦4012888888881881⟧ utgår 04/27
        ⟦6011 1111 1111 1117⟧
        ⟦30569309025904⟧
        ⟦2223 0031 2200 3222⟧
    """,
    "account": """
        IBAN ⟦SE45 5000 0000 0583 9825 7466⟧
        ⟦DK5000400440116243⟧
        ⟦NO93 8601 1117 947⟧
        ⟦GB29 NWBK 6016 1331 9268 19⟧
        konto ⟦8327-9, 123 456 789-0⟧
        kontonummer: ⟦8601.11.17947⟧
        ⟦8601 11 17947⟧
        betal til konto ⟦1234 0012345678⟧
        account number ⟦31926819⟧
        sort code ⟦60-16-13⟧
    """,
    "address": """
        Jag bor på ⟦Storgatan 12 B⟧
        skicka till ⟦Storgatan 12 B, 114 55 Stockholm⟧
        ⟦Sveavägen 5, lgh 1102⟧ tack
        bor på ⟦storgatan 12⟧.
        ⟦Sankt Eriksgatan 12⟧ i stan
        ⟦Nya Tanneforsvägen 100⟧
        ⟦Björkstigen 4⟧, andra huset
        adressen är ⟦Hötorget 5⟧
        ⟦Vestergade 3, 2. tv.⟧
        ⟦Vestergade 3, 2. tv., 8000 Aarhus C⟧
        jeg bor på ⟦Gamle Kongevej 74⟧
        ⟦Nørrebrogade 45, st. th.⟧
        ⟦H.C. Andersens Boulevard 12⟧
        ⟦Rådhuspladsen 1⟧
        ⟦Karl Johans gate 5⟧
        bor i ⟦Kirkeveien 12B⟧
        ⟦Storgata 7, 0155 Oslo⟧
        ⟦Bygdøy allé 23⟧
        ⟦Nedre Slottsgate 4⟧ i byen
        ⟦Solbakken 9⟧
        I live at ⟦10 Downing Street⟧
        ⟦10 Downing Street, London SW1A 2AA⟧
        ⟦221B Baker Street⟧
        deliver to ⟦Flat 2, 14 Mill Lane⟧ please
        ⟦7 Acacia Road⟧
        send it to ⟦12 Orchard Close⟧, thanks
    """,
    "ip_address": """
        inloggad från ⟦83.250.12.7⟧ igår
        IP ⟦192.168.10.44⟧
        client ⟦2001:db8:85a3::8a2e:370:7334⟧ refused
        ⟦81.2.69.160⟧ - - GET /
    """,
    "web_identity": """
        /bekraft?email=⟦anna.ek⟧&steg=2
        /tack?namn=⟦Anna+Ek⟧
        https://firma.se/konto?user_id=⟦4711⟧&vy=1
        /landing?gclid=⟦Cj0KCQiA7aSsBhCiARIsALFvovw⟧
        /nyhetsbrev?mc_eid=⟦8f2c1a7b3d⟧&utm_source=brev
        se linkedin.com/in/⟦anna-ek-12345⟧
        /nulstil?token=⟦abc123def⟧
        /skjema?telefon=⟦91234567⟧
    """,
    "name": """
        Hej ⟦Anna⟧, tack för hjälpen
        Hej ⟦Anna⟧ jag har en fråga
        Hejsan ⟦Örjan⟧!
        Allt löste sig. Mvh ⟦Karin⟧
        Tack på förhand! Med vänlig hälsning, ⟦Karin Lindqvist⟧
        mvh ⟦anna⟧
        Jag heter ⟦Björn Åkesson⟧ och vill säga upp
        mitt namn är ⟦Yasmin Haddad⟧
        Pratade med ⟦Anna Ek⟧ i växeln
        Fru ⟦Andersson⟧ ringde två gånger
        Kære ⟦Mette⟧, tak for sidst
        Hej ⟦Søren⟧. Det virker nu
        Med venlig hilsen ⟦Mette Holm⟧
        Venlig hilsen ⟦J. Krogh⟧
        Jeg hedder ⟦Lone⟧ og mangler min ordre
        mit navn er ⟦Fatima Nour⟧
        Talte med ⟦Jesper Dam⟧ i går
        Hr. ⟦Mortensen⟧ var flink
        Hei ⟦Kari⟧! Takk for svar
        Kjære ⟦Ola Nordmann⟧,
        Vennlig hilsen ⟦Øyvind Berg⟧
        Hilsen ⟦Solveig⟧
        mitt navn er ⟦Mohammed Ali⟧
        ⟦Silje Bakke⟧ hjalp meg godt
        Dear ⟦John⟧, thank you
        Hi ⟦Sarah⟧, it works
        Kind regards, ⟦John Smith⟧
        Thanks, it is solved. Best wishes ⟦Priya⟧
        My name is ⟦Oluwaseun Adeyemi⟧ and I want a refund
        Mrs. ⟦Robinson⟧ called again
        spoke to ⟦Emily Clarke⟧ on Monday
        c/o ⟦Lindqvist⟧
    """,
}

#: Texts with nothing personal in them, however much they look like it.
HARMLESS = """
    Säkert är att +1 315 (1 111–1 524) köp ligger i hur många som började
    das ist +46 700 (45 100–48 300) kr mer än i fjol
    order 4711-0012 kom i går
    ordernr 12345678 är försenad
    Ordre 20260114-17 mangler
    bestilling 87654321 er ikke kommet
    order number 99887766 is late
    faktura 2026-00123
    faktura 10045678 på 12 500 kr
    invoice INV-2026-0042
    artikel 0812-345
    artikelnr 0701-23
    varenr. 12345678
    SKU AB-12345-67
    SKU 8112-289
    EAN 7312345678906
    ISBN 978-91-0-012345-6
    1 234 567 kr
    12 345 678 kr
    12 34 56 78 kr
    +12 345 678 kr mot budget
    kr 1.234.567,50
    £1,234,567.89
    1,234,567 views
    12 345 678 besök
    100 000 000
    2026-01-14
    14.01.2026 kl. 12:30
    14/01/2026
    den 14. januar 2026
    2026-01-14T12:30:45
    1999-2004
    2024 2025 2026
    01-02-2026 og 03-04-2026
    20260114
    1 700 000 000
    39 % (34–45)
    0,75–1,25
    10-15 dagar
    mellan 08:00 och 16:30
    08.00-16.30
    kl 12.30-13.45
    20 30 40 procent
    v1.2.3.4
    version 10.2.1.0
    pandas 3.0.1
    3 av 8, 5 av 12
    uke 12-14
    vecka 48 49 50
    556677-8899 är vårt orgnr
    org.nr 556036-0793
    orgnr 912 345 678
    CVR 12345678
    CVR-nr. 12 34 56 78
    bankgiro 123-4567
    postnr 114 55
    114 55 Stockholm
    8000 Aarhus C
    0150 Oslo
    kundnummer 1234567
    kundenr. 12345678
    medlemsnr 87654321
    saken 20250014 er lukket
    sporingsnr 370123456789
    spårning RR123456785SE
    ärende 5512345
    case 00123456
    ticket 1234-5678
    kod 123456
    1234567890.1612137600
    /pris?sida=2&sortera=namn
    /kampanj?utm_source=nyhetsbrev&utm_medium=email
    https://firma.se/guide/valja-2026
    linkedin.com/company/firma
    vi ses @ kontoret
    2 st @ 49 kr
    look at firma.se for more
    @firma på nätet
    Hej! Jag undrar en sak
    Hej alla, vad gäller?
    Hej Kundtjänst, det fungerar inte
    Hej, Det är fel igen.
    Hej igen
    Hi Team, it broke
    Dear Customer Service,
    Dear Sir or Madam,
    Hello there.
    Hei, Det virker ikke.
    Kære kundeservice, hvad nu?
    Mvh Kundtjänst
    Kind regards, Customer Service
    Med venlig hilsen Kundeservice
    Best Western i Oslo
    Jag är nöjd
    Det är Microsoft som strular
    jeg er i Oslo
    This is Great
    Norrsken IT AB i Stockholm
    Microsoft Azure och Google Cloud
    Black Friday i Norge
    Guide: Välj rätt moln
    Visade Storgatan på kartan
    vägen 2 gånger
    på vägen 3 dagar
    halva vägen
    Plan 2
    Handlingsplan 2026
    Betalningsplan 3
    steg 2 av 5
    Navigate 2 pages back
    Upgrade 2 licences
    aggregate 12 rows
    5 Star Service
    The 7 Step Way to success
    Top 10 Best Place to Work
    24 hour support
    4 Steps
    iPhone 15 Pro Max
    Windows 11 23H2
    ISO 27001:2022
    ISO 8601
    A4 80 g
    G04, G05 och A12
    4711 1234 5678 9013 ordrar
    4111 1111 1111 1112
    1234 5678 9012 3456
    DK12 3456 7890 1234 56
    811328-9874 i lager
    991345-0012
    serienr 8112289875
    12:34:56:78
    d41d8cd98f00b204e9800998ecf8427e
    std::vector::size
    0,5 mm × 12 mm
    skruv 4x40 200-pack
    Klasse 3B, rum 204
    3. sal
    ⌀ 12–14 cm
    tel
    mejla oss
    ring i morgon bitti 8 till 10
    ringde 3 gånger 2026
    ring innan 12 00
    NPS 9, CSAT 4
    betyg 10 10 9 8
"""


def personal_texts() -> list[tuple[str, str]]:
    """Kind and text, one a line."""
    return [(kind, line.strip()) for kind, lines in PERSONAL.items() for line in lines.strip().splitlines()]


def harmless_texts() -> list[str]:
    return [line.strip() for line in HARMLESS.strip().splitlines()]
