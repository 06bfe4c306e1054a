# Build: docker build -t inspector .
# Run:   docker run -p 127.0.0.1:8080:8080 -e INSPECTOR_WEB__BASE_URL=https://inspector.example -v data:/var/lib/inspector \
#          -v ./inspector.toml:/etc/inspector/inspector.toml:ro inspector
# Variables win over the file. The image sets four: where it listens, the policies it brings, and a database in its volume; override
# them with -e, as config/compose.yaml does. INSPECTOR_WEB__BASE_URL (or web.base_url in the file) is the address that people and
# agencies reach: without it links in letters and pushes would name 0.0.0.0, and `check` fails.
# Checked statically by tests/unit/test_packaging.py; where no container engine exists, nobody has built it.

FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/inspector
COPY run requirements.lock ./
RUN ./run setup
COPY pyproject.toml LICENSE ./
COPY inspector inspector
COPY connectors connectors
COPY policies policies
COPY config config
RUN .venv/bin/python -m compileall -q inspector connectors

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 inspector \
 && useradd --system --uid 10001 --gid inspector --home-dir /var/lib/inspector --create-home --shell /usr/sbin/nologin inspector
COPY --from=build /opt/inspector /opt/inspector
# Two heaps for all threads, and none keeps freed blocks for itself, as ./run has it: what many threads keep lies scattered, and the daemon grows for days.
ENV PYTHONPATH=/opt/inspector PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 GLIBC_TUNABLES=glibc.malloc.tcache_count=0
ENV INSPECTOR_WEB__HOST=0.0.0.0 INSPECTOR_WEB__PORT=8080 INSPECTOR_POLICIES=/opt/inspector/policies \
    INSPECTOR_DATABASE__URL=sqlite:////var/lib/inspector/inspector.sqlite3
USER 10001:10001
WORKDIR /var/lib/inspector
VOLUME /var/lib/inspector
EXPOSE 8080
# SIGTERM drains: claim nothing new, settle what is held. Give it time: docker stop --time 60.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["/opt/inspector/.venv/bin/python", "-c", "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8080/health/live', timeout=4)"]
ENTRYPOINT ["/opt/inspector/.venv/bin/python", "-P", "-m", "inspector"]
CMD ["serve", "--config", "/etc/inspector/inspector.toml"]
