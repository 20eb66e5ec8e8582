const query = new URLSearchParams(location.search);
const frame = document.createElement("iframe");
if (query.has("sandbox")) frame.setAttribute("sandbox", query.get("sandbox"));
frame.src = `/?run=${query.get("run")}`;
document.body.append(frame);
