"""Static routes between PE and CE: no protocol at all, so nothing notices when the other side is gone."""
