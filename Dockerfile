# catalogsync in a small image, without pip and without root:
#   docker build -t catalogsync . && docker run --rm -v "$PWD:/work" catalogsync validate
# With extras, separated by commas: docker build --build-arg EXTRAS=mcp,object-store -t catalogsync .
FROM python:3.13-slim AS build
ARG EXTRAS=""
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY schemas schemas
COPY examples/ci examples/ci
COPY docs/tasks docs/tasks
COPY docs/reference docs/reference
COPY catalogsync catalogsync
RUN python -m venv --without-pip /opt/catalogsync \
    && pip --python /opt/catalogsync/bin/python install --no-cache-dir --constraint constraints.txt ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.13-slim
COPY --from=build /opt/catalogsync /opt/catalogsync
ENV PATH=/opt/catalogsync/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["catalogsync"]
CMD ["--help"]
