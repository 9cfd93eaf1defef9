# SPDX-License-Identifier: BSD-3-Clause
# docker build -f cmake/docker/cuda.Dockerfile --build-arg ARCH=HOPPER90 -t kolace-cuda . ; run with --gpus all
# Not built so far.
FROM nvidia/cuda:12.6.3-devel-ubuntu24.04
ARG ARCH=AMPERE80
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    g++ cmake ninja-build git ca-certificates libeigen3-dev libopenblas-openmp-dev libyaml-cpp-dev nlohmann-json3-dev \
    libcli11-dev libfmt-dev zlib1g-dev libhdf5-dev
COPY . /kolace
WORKDIR /kolace
RUN cmake --preset cuda -DKokkos_ARCH_${ARCH}=ON -DKOLACE_BUILD_TESTS=OFF && cmake --build --preset cuda
WORKDIR /work
ENTRYPOINT ["/kolace/build/cuda/apps/kolace"]
