#!/bin/bash
set -euo pipefail
stamp=$(date +%F)
pg_dump "$DATABASE_URL" | gzip > "/backup/$stamp.sql.gz"
find /backup -name '*.sql.gz' -mtime +14 -delete
if [ -n "${BUCKET:-}" ]; then
    rsync -a /backup/ "$BUCKET"
fi
