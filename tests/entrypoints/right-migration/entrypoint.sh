#!/bin/sh
set -e
./wait-for-it.sh db:5432 --timeout=30
echo "migrating"
bundle exec rake db:migrate
bundle exec rake db:seed
echo "done"
