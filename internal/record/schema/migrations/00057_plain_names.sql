-- +goose Up
-- Customers are looked for by the beginning of the name as it is said, or by that of the family name, typed with accents or without.
ALTER TABLE customers ADD COLUMN plain_name TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN turned_name TEXT NOT NULL DEFAULT '';
-- What is kept already: the letters of Latin, Greek and Cyrillic lose their accents here, those of other scripts when it is changed.
UPDATE customers SET plain_name =
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
	replace(
	folded_name, 'à', 'a'), 'á', 'a'), 'â', 'a'), 'ã', 'a'), 'ä', 'a'), 'å', 'a'), 'ç', 'c'), 'è', 'e'), 'é', 'e'), 'ê', 'e')
	, 'ë', 'e'), 'ì', 'i'), 'í', 'i'), 'î', 'i'), 'ï', 'i'), 'ñ', 'n'), 'ò', 'o'), 'ó', 'o'), 'ô', 'o'), 'õ', 'o')
	, 'ö', 'o'), 'ù', 'u'), 'ú', 'u'), 'û', 'u'), 'ü', 'u'), 'ý', 'y'), 'ÿ', 'y'), 'ā', 'a'), 'ă', 'a'), 'ą', 'a')
	, 'ć', 'c'), 'ĉ', 'c'), 'ċ', 'c'), 'č', 'c'), 'ď', 'd'), 'ē', 'e'), 'ĕ', 'e'), 'ė', 'e'), 'ę', 'e'), 'ě', 'e')
	, 'ĝ', 'g'), 'ğ', 'g'), 'ġ', 'g'), 'ģ', 'g'), 'ĥ', 'h'), 'ĩ', 'i'), 'ī', 'i'), 'ĭ', 'i'), 'į', 'i'), 'ĵ', 'j')
	, 'ķ', 'k'), 'ĺ', 'l'), 'ļ', 'l'), 'ľ', 'l'), 'ń', 'n'), 'ņ', 'n'), 'ň', 'n'), 'ō', 'o'), 'ŏ', 'o'), 'ő', 'o')
	, 'ŕ', 'r'), 'ŗ', 'r'), 'ř', 'r'), 'ś', 's'), 'ŝ', 's'), 'ş', 's'), 'š', 's'), 'ţ', 't'), 'ť', 't'), 'ũ', 'u')
	, 'ū', 'u'), 'ŭ', 'u'), 'ů', 'u'), 'ű', 'u'), 'ų', 'u'), 'ŵ', 'w'), 'ŷ', 'y'), 'ź', 'z'), 'ż', 'z'), 'ž', 'z')
	, 'ș', 's'), 'ț', 't'), 'ά', 'α'), 'έ', 'ε'), 'ή', 'η'), 'ί', 'ι'), 'ϊ', 'ι'), 'ϋ', 'υ'), 'ό', 'ο'), 'ύ', 'υ')
	, 'ώ', 'ω'), 'й', 'и'), 'ѐ', 'е'), 'ё', 'е'), 'ѓ', 'г'), 'ї', 'і'), 'ќ', 'к'), 'ѝ', 'и'), 'ў', 'у')
	WHERE folded_name <> '';
-- The family name first: as it was given, or else the last word.
UPDATE customers SET turned_name = CASE
	WHEN full_name = '' AND family_name <> '' AND substr(plain_name, length(plain_name) - length(family_name), 1) = ' '
	THEN substr(plain_name, length(plain_name) - length(family_name) + 1) || ' ' || substr(plain_name, 1, length(plain_name) - length(family_name) - 1)
	ELSE substr(plain_name, length(rtrim(plain_name, replace(plain_name, ' ', ''))) + 1) || ' ' || rtrim(rtrim(plain_name, replace(plain_name, ' ', '')), ' ')
	END
	WHERE plain_name LIKE '% %';
DROP INDEX customers_name;
CREATE INDEX customers_plain_name ON customers (plain_name) WHERE plain_name <> '';
CREATE INDEX customers_turned_name ON customers (turned_name) WHERE turned_name <> '';
