"""Events inside nginx: an observer that waits, and where PGAI_LOG goes."""

from conftest import client, location, say


def test_an_observer_may_use_nginx_s_own_sockets(start, pgai_sandbox):
    code = (
        client(
            pgai_sandbox.url,
            on_event="""function(event)
                ngx.sleep(0.001)
                ngx.say(event.kind, " ", event.route, " ", event.status)
            end""",
        )
        + "contacts:list{ limit = 1 }"
    )
    told = say(start(server=location("/", code))).split("\n")
    assert told == [
        *("request /contacts nil", "response /contacts 200", "page /contacts nil"),
    ]


def test_the_environment_s_log_is_nginx_s(start, pgai_sandbox):
    code = client(pgai_sandbox.url) + "contacts:list() ngx.say('good')"
    nginx = start(main="env PGAI_LOG=debug;", server=location("/", code))
    assert say(nginx) == "good"
    assert "pgai: debug: #1 GET /contacts: request 1\n" in nginx.log()
    assert "sandbox_key" not in nginx.log()
