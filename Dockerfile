# CoachHub: one image for pages, worker and commands. `docker build -t coachhub .`
# Nothing of the build stays in it; it runs as nobody in particular, on a read-only file system.

FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make=4.* \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The wheel carries templates, migrations, style sheets and the plugins of the shelf.
RUN make wheel
# Beside it, in versions that were tried together, what it needs: nothing of the tests.
RUN python -m venv /opt/coachhub \
    && .venv/bin/uv pip install --quiet --no-cache --compile-bytecode \
        --python /opt/coachhub/bin/python --constraint requirements.lock dist/*.whl

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="CoachHub" \
      org.opencontainers.image.description="Cohorts of people between jobs who help each other"
RUN groupadd --gid 10001 coachhub \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin coachhub
COPY --from=build /opt/coachhub /opt/coachhub
ENV PATH=/opt/coachhub/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    COACHHUB_MODE=production \
    LOG_FORMAT=json
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
# Alive is enough here: whether the database is there is told by /readyz, and no restart mends it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "coachhub.serving.web", "0.0.0.0:8000"]
