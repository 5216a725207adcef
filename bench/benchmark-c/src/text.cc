/* SPDX-License-Identifier: MIT */
/* text.cc - names that are valid, text that is made so. */
#include "text.hh"

#include <cstring>
#include <string_view>

namespace
{

bool continues(std::string_view text, size_t at)
{
	return at < text.size() && (text[at] & 0xc0) == 0x80;
}

/* The first continuation byte excludes overlong forms, surrogates and what is
   beyond U+10FFFF (RFC 3629, section 4). */
bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

/* How many bytes the character has that begins here; 0 where none does. */
size_t character_bytes(std::string_view text, size_t at)
{
	const auto first = static_cast<unsigned char>(text[at]);
	size_t bytes = 0;

	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		bytes = 2;
	else if (first >= 0xe0 && first <= 0xef)
		bytes = 3;
	else if (first >= 0xf0 && first <= 0xf4)
		bytes = 4;
	for (size_t i = 1; i < bytes; i++)
		if (!continues(text, at + i))
			return 0;
	if (bytes >= 2 &&
	    !second_fits(first, static_cast<unsigned char>(text[at + 1])))
		return 0;
	return bytes;
}

/* At most so many bytes, without a part of a character at the end. */
size_t whole_bytes(std::string_view text, size_t at_most)
{
	if (text.size() <= at_most)
		return text.size();
	while (at_most && continues(text, at_most))
		at_most--;
	return at_most;
}

/* C0 and DEL; the C1 controls are valid UTF-8 and valid JSON. */
bool is_control(char byte)
{
	return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
}

} // namespace

namespace bmc
{

const char *name_fault(const char *name)
{
	if (!name || !*name)
		return "is empty";
	const std::string_view text = name; /* takes no memory */
	if (text.size() > name_bytes)
		return "is longer than 1000 bytes";
	for (size_t at = 0; at < text.size();) {
		const size_t bytes = character_bytes(text, at);
		if (!bytes)
			return "is not UTF-8";
		if (is_control(text[at]))
			return "has a control character";
		if (text[at] == '"' || text[at] == '\\')
			return "has a quote or a backslash";
		at += bytes;
	}
	return nullptr;
}

std::string visible(const std::string &text)
{
	static const char digits[] = "0123456789abcdef";
	std::string shown;

	for (size_t at = 0; at < text.size();) {
		const size_t bytes = character_bytes(text, at);
		if (bytes && !is_control(text[at])) {
			shown.append(text, at, bytes);
			at += bytes;
			continue;
		}
		const auto byte = static_cast<unsigned char>(text[at++]);
		shown += "\\x";
		shown += digits[byte >> 4];
		shown += digits[byte & 15];
	}
	return shown;
}

std::string brief(const std::string &text)
{
	constexpr size_t enough = 80;
	const std::string shown = visible(text);

	if (shown.size() <= enough)
		return shown;
	return shown.substr(0, whole_bytes(shown, enough)) + "...";
}

int because(char *why, size_t why_bytes, int error, const std::string &sentence)
{
	if (!why || !why_bytes)
		return error;
	const size_t length = whole_bytes(sentence, why_bytes - 1);
	memcpy(why, sentence.data(), length);
	why[length] = '\0';
	return error;
}

} // namespace bmc
