# Builds two images. The last stage, the default, holds the static binary and nothing else; `--target shell` adds a shell,
# for GitLab jobs and Jenkins' `inside`.

FROM rust:1.95-bookworm AS compile
WORKDIR /source
COPY . .
RUN cp "$(scripts/build-static)" /codearts-gate

FROM alpine:3.22 AS shell
COPY --from=compile /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=compile /codearts-gate /usr/local/bin/codearts-gate
CMD ["sh"]

# Runs as root, because GitHub's runner mounts folders that belong to its own user; any other user works too.
FROM scratch
COPY --from=compile /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=compile /codearts-gate /codearts-gate
ENTRYPOINT ["/codearts-gate"]
