// Package i18n holds the words on the screens: one catalogue per language, for
// visitors in LOCALE.json and for staff in LOCALE.desk.json.
//
// A word that a language lacks is looked up along our own chain, because
// go-i18n drops from nl-BE straight to English: nl-BE -> nl -> en, fr -> en,
// de -> en. Which plural form a number takes is go-i18n's knowledge; that of
// x/text is out of date for French and is not used.
//
// Placeholders are written {name} and are replaced by plain text. A value is
// never read for placeholders again, and markup is the templates' affair.
package i18n
