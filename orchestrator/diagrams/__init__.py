"""Pictures of a lab: what is drawn, where it stands, and the formats that it is written in. All pure."""
