#!/usr/bin/env bash
# Makes a sample business in demo/ and shows its loyalty picture: as text here, and as a web page. In a terminal it is
# served afterwards, until it is stopped with Ctrl-C.
#
#   demo.sh CUSTOMERS SEED
set -euo pipefail

customers=$1 seed=$2
rm -rf demo
mkdir -p demo
# Up to yesterday, so that what is tried out today comes after it.
bin/regulars demo --customers "$customers" --seed "$seed" --end "$(date +%F)" --out demo
files=(demo/orders.csv demo/customers.csv demo/answers.csv demo/costs.csv)
echo
bin/regulars report "${files[@]}" --format text
bin/regulars report "${files[@]}" --format html --out demo/picture.html --quiet
echo
bin/regulars import "${files[@]}" --data demo/data --timezone Europe/Athens --sample --quiet >demo/import.txt
echo "The same picture as a web page: $PWD/demo/picture.html"
echo "The sample business it is drawn from: ${files[*]}"
if [ -t 0 ] && [ -t 1 ]; then
	echo "To look around, open the link below: it signs you in. Ctrl-C stops it; bin/regulars serve --data demo/data begins again."
	echo
	exec bin/regulars serve --data demo/data
fi
echo "To sign in and look around: bin/regulars serve --data demo/data, and open the link that it prints"
