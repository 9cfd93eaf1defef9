# SPDX-License-Identifier: BSD-3-Clause
# docker build -f cmake/docker/openmp.Dockerfile -t kolace . && docker run --rm -v "$PWD:/work" kolace fit input.yaml
# Not built so far.
FROM debian:12 AS build
COPY . /kolace
WORKDIR /kolace
RUN bash cmake/bootstrap.sh build && cmake --install build/release --prefix /opt/kolace

FROM build
WORKDIR /work
ENTRYPOINT ["/kolace/build/release/apps/kolace"]
