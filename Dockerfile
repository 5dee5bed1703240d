# dupedash with everything it needs, for amd64 and arm64: docker build -t dupedash .
# How to run it: docs/quick-start.md, or compose.yaml.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
RUN python3 -m venv /opt/dupedash
# DASK=1: with the extra `dask`, for the scan on a cluster.
ARG DASK=
COPY requirements.txt requirements-dask.txt ./
RUN /opt/dupedash/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
        ${DASK:+-r requirements-dask.txt}
COPY pyproject.toml README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY dupedash dupedash
RUN /opt/dupedash/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps . && \
    /opt/dupedash/bin/python3 -c "import luqum.parser" 2>/dev/null

FROM python:${PYTHON}-slim
COPY --from=build /opt/dupedash /opt/dupedash
COPY container/enter container/healthy /usr/local/bin/
# Others are let in by access links; jobs go on at the next start; the user's home is the data folder.
ENV PATH=/opt/dupedash/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    DUPEDASH_DATA=/data \
    DUPEDASH_ADDRESS=0.0.0.0 \
    DUPEDASH_PORT=8501 \
    DUPEDASH_RESUME=1 \
    PUID=1000 \
    PGID=1000
WORKDIR /data
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["healthy"]
ENTRYPOINT ["enter"]
CMD ["dashboard", "--no-example"]
