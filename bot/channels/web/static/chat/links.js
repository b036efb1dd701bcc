// Addresses and the telephone numbers that Baken knows can be tapped; everything else is plain text, never HTML.

function linked(target, content) {
  const phones = state.words.phones.map((phone) => phone.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp("(https?://[^\\s»]+[^\\s».,;:)])|(^|[^\\d-])(" + phones.join("|") + ")(?![\\d-])", "g");
  let last = 0, match;
  while ((match = pattern.exec(content)) !== null) {
    const start = match.index + (match[2] || "").length;
    target.append(content.slice(last, start));
    const link = make("a", "", match[1] || match[3]);
    link.dir = "ltr";
    link.tabIndex = -1;
    if (match[1]) { link.href = match[1]; link.target = "_blank"; link.rel = "noopener noreferrer"; }
    else { link.href = "tel:" + match[3].replace(/[^\d+]/g, ""); }
    target.append(link);
    last = match.index + match[0].length;
  }
  target.append(content.slice(last));
}
