#!/bin/sh
set -e
npm ci --omit=dev
npx prisma migrate deploy
exec npm run start:prod
